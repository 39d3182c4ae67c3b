"""Officers who watch while conversations change: how soon they see it, what it costs the bot.

Bot, notifier and console are processes of their own on one PostgreSQL, as they are deployed;
citizens, Bot API and SMS gateway are one more, the officers' browsers another. Rounds with and
without officers take turns. All of them share the cores; what each takes is told beside.
"""

import asyncio
import multiprocessing as mp
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from benchmarks import machine
from benchmarks.console_page import BROWSERS, OTHERS, Plan, Round, ages
from benchmarks.http import fleet as fleets
from benchmarks.http import program
from benchmarks.http.figures import waits
from benchmarks.http.fleet import Fleet, Server
from benchmarks.http.load import Load, Phase
from benchmarks.http.outside import Outside
from benchmarks.http.program import Program
from benchmarks.http.queue import Queue
from benchmarks.http.stage import LINES
from benchmarks.watchers import FILTERS, LANGS, Door, Sight, sit_down
from bot.commands.opening import Opened, opened
from bot.console import names, session
from bot.console.inbox import PAGE
from bot.staff import ACTIVE
from storage.base import HandOverRequest, Staff

MEMBERS = 100_000
SETTLING = 2.0  # seconds after the last message in which everybody sees it
ATTENDED = 4  # the officers attend to 0, 1, 2 or 3 conversations each
_CONSOLE = """
[console]
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
"""
_SPAWN = mp.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything set up; all are ready."""

    fleet: Fleet
    console: Program
    server: Server
    load: Load
    queue: Queue
    pipe: Connection
    inbox: dict[str, str]  # the part that is watched: names in addresses -> chats

    def spent(self) -> dict[str, float]:
        """Processor seconds so far."""
        return {
            "bot": self.fleet.cpu("bot"),
            "notifier": self.fleet.cpu("notifier"),
            "console": self.console.cpu(),
            "PostgreSQL": self.server.cpu(),
            "citizens, Bot API, gateway": time.process_time(),
        }


async def measure(folder: Path, plan: Plan) -> list[Round]:
    """All rounds, by turns without and with officers, each second pair the other way round."""
    async with _set_up(folder, plan) as stage:
        most = max(plan.rates)
        await stage.load.run(Phase(most, plan.chats / most))  # everybody says one thing
        await _watched(stage, Phase(most, SETTLING))
        return [
            await one(stage, Phase(rate, plan.seconds))
            for turn in range(plan.rounds)
            for rate in plan.rates
            for one in ((_alone, _watched) if turn % 2 == 0 else (_watched, _alone))
        ]


async def _alone(stage: Stage, phase: Phase) -> Round:
    """A round in which nobody watches."""
    stage.queue.changes.clear()
    spent, busy, begun = stage.spent(), machine.busy(), time.perf_counter()
    trace = await stage.load.run(phase)
    took, busy = time.perf_counter() - begun, machine.busy() - busy
    cost = {name: (now - spent[name]) / took for name, now in stage.spent().items()}
    cost[OTHERS] = max(busy / took - sum(cost.values()), 0.0)
    if trace.lost or trace.errors:
        raise RuntimeError(f"{trace.lost} answers never came, {trace.errors} were not 200")
    await asyncio.sleep(SETTLING)
    return Round(phase.rate, len(trace.due), took, waits(trace, trace.acked), cost)


async def _watched(stage: Stage, phase: Phase) -> Round:
    """A round in which every officer has the inbox open."""
    stage.pipe.send("watch")
    await asyncio.to_thread(stage.pipe.recv)
    found = await _alone(stage, phase)
    stage.pipe.send(None)
    sight = cast("Sight", await asyncio.to_thread(stage.pipe.recv))
    found.spent[BROWSERS] = sight.cpu / sight.took
    found.spent[OTHERS] = max(found.spent[OTHERS] - found.spent[BROWSERS], 0.0)
    found.shown = ages(stage.queue.changes, sight, stage.inbox)
    found.opened = [1e3 * seconds for seconds in sight.opened]
    found.sent = sum(len(one.at) for one in sight.seen)
    found.received = sight.received / 1e6
    return found


# --- what has to be there before --------------------------------------------------------


@asynccontextmanager
async def _set_up(folder: Path, plan: Plan) -> AsyncIterator[Stage]:
    with fleets.database(folder) as server:
        await program.prepare(folder, MEMBERS, server.url)
        queue = Queue(plan.chats, MEMBERS)
        load, port = Load(queue), program.free_port()
        config = program.write_config(folder, "http://127.0.0.1:1", port, server.url)
        with config.open("a", encoding="utf-8") as more:
            more.write(_CONSOLE.format(port=port))
        async with opened(config) as here:
            key = here.keyring.subkey("console")
            inbox = {names.hidden(key, chat): chat for chat in queue.chats[:PAGE]}
            tokens = await _staff(here, plan, queue.chats)
        doors = [
            Door(port, token, LANGS[place % len(LANGS)], FILTERS[place % len(FILTERS)])
            for place, token in enumerate(tokens)
        ]
        async with (
            Outside(lambda chat, *_: load.bubble(chat), queue.sms).serving() as url,
            fleets.sailing(folder, url, server.url, 1, 1) as fleet,
            _console(config, port) as console,
            _browsers(doors) as pipe,
            load.connected(fleet.heads(), LINES),
        ):
            yield Stage(fleet, console, server, load, queue, pipe, inbox)


async def _staff(here: Opened, plan: Plan, chats: Sequence[str]) -> list[str]:
    """Officers who are signed in, and the requests that wait; what their browsers hold."""
    now = here.clock.now()
    people = [Staff(f"officer.{n}", "agent", ACTIVE, now) for n in range(plan.watchers)]
    begun = [session.begin(person.name, now, os.urandom) for person in people]
    # Those who wait the longest are on the first page.
    waiting = [
        HandOverRequest(chat, now - 3600 + place / 100, "", "", "asked")
        for place, chat in enumerate(chats)
    ]
    async with here.store.unit(now=now) as unit:
        await unit.save_staff(people)
        await unit.begin_sessions([row for _, row in begun])
        await unit.save_hand_overs([*waiting, *_attended(people, now)])
    return [token for token, _ in begun]


def _attended(people: Sequence[Staff], now: float) -> Iterator[HandOverRequest]:
    for place, person in enumerate(people):
        for number in range(place % ATTENDED):
            chat = f"telegram:{1 + place * ATTENDED + number}"
            yield HandOverRequest(chat, now, "", "", "asked", person.name, now)


@asynccontextmanager
async def _console(config: Path, port: int) -> AsyncIterator[Program]:
    child = await program.launch(config, "--only", "console")
    try:
        while not await _answers(port):
            if child.returncode is not None:
                raise RuntimeError("the console did not start")
            await asyncio.sleep(0.05)
        yield Program(child, port, 0.0)
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@asynccontextmanager
async def _browsers(doors: Sequence[Door]) -> AsyncIterator[Connection]:
    ours, theirs = _SPAWN.Pipe()
    child = _SPAWN.Process(target=sit_down, args=(doors, theirs), daemon=True)
    child.start()
    theirs.close()  # so that a child that dies ends our waiting with EOFError
    try:
        yield ours
    finally:
        ours.send(None)
        await asyncio.to_thread(child.join, SETTLING)
