"""Two bots and two notifiers on one PostgreSQL, one of the four killed every few seconds.

Citizens write at a steady rate all the time, as Telegram would bring it: to any bot that lives,
again until it is acknowledged, and a chat's next update only then. In the end everything must
have happened once.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks import report
from benchmarks.dialogue import citizens
from benchmarks.http import fleet as fleets
from benchmarks.http import program
from benchmarks.http.figures import Times, backlog, waits
from benchmarks.http.fleet import Fleet, Seat
from benchmarks.http.load import Load, Phase, Trace
from benchmarks.http.outside import Outside
from benchmarks.http.town import Town
from benchmarks.http.verdict import Check, Verdict, judge, left, table
from benchmarks.http.witness import Witness
from benchmarks.plots import Plot

FIRST = 700_000_000  # number of the first update
LINES = 50  # connections to each bot
ANSWER = 0.1  # seconds that the Bot API and the gateway take, so that many tries are under way
DOWN = 1.0  # seconds until somebody who was killed is started again
PATIENCE = 180.0  # seconds for the last messages to leave
STEP = 0.5  # seconds at which the backlog is read


@dataclass(frozen=True, slots=True)
class Plan:
    """So many updates per second for so long, one killed every so many seconds."""

    rate: float
    seconds: float
    every: float
    seed: int = 1
    bots: int = 2
    notifiers: int = 2

    @property
    def kills(self) -> int:
        """How many; none at the very end."""
        return max(int(self.seconds / self.every - 1e-9), 0)

    @property
    def members(self) -> int:
        """Enough that nobody has to come twice, even if nobody is ever answered."""
        return round(self.rate * self.seconds / 10_000 + 1) * 10_000


@dataclass(frozen=True, slots=True)
class Blow:
    """Who was killed when, and how long the next one took until it was ready."""

    at: float
    role: str
    back: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was seen. emptied: seconds from the last reply until every message had left."""

    trace: Trace
    blows: list[Blow]
    emptied: float
    verdict: Verdict


async def measure(folder: Path, plan: Plan) -> Outcome:
    """Run it once."""
    with fleets.database(folder) as server:
        await program.prepare(folder, plan.members, server.url)
        town = Town(citizens(plan.members), FIRST)
        load = Load(town)
        witness = Witness(load, town)
        async with (
            Outside(witness.bubble, witness.sms, ANSWER).serving() as url,
            fleets.sailing(folder, url, server.url, plan.bots, plan.notifiers) as fleet,
            load.connected(fleet.heads(), LINES),
        ):
            async with asyncio.TaskGroup() as group:
                striking = group.create_task(_strike(fleet, plan))
                trace = await load.run(Phase(plan.rate, plan.seconds))
            blows, emptied = striking.result(), await _empty(server.url)
        config = fleet.seats[0].config
        verdict = await judge(server.url, config, witness, FIRST, fleet.killed)
        verdict.checks.extend(_own(trace, fleet))
        return Outcome(trace, blows, emptied, verdict)


async def _strike(fleet: Fleet, plan: Plan) -> list[Blow]:
    """Kill one after the other, whoever chance picks; each comes back before the next."""
    chance, begun, blows = Random(plan.seed), time.perf_counter(), []
    for turn in range(1, plan.kills + 1):
        await asyncio.sleep(max(begun + turn * plan.every - time.perf_counter(), 0))
        blows.append(await _blow(fleet, chance.choice(fleet.seats), begun))
    return blows


async def _blow(fleet: Fleet, seat: Seat, begun: float) -> Blow:
    at = time.perf_counter() - begun
    fleet.killed.add(await seat.kill())
    await asyncio.sleep(DOWN)
    return Blow(at, seat.role, await seat.start())


async def _empty(url: str) -> float:
    begun = time.perf_counter()
    while await left(url) and time.perf_counter() - begun < PATIENCE:  # noqa: ASYNC110 - others do it
        await asyncio.sleep(0.2)
    return time.perf_counter() - begun


def _own(trace: Trace, fleet: Fleet) -> Iterator[Check]:
    yield Check("acknowledgements and replies that never came", 0, trace.lost)
    yield Check("processes that ended by themselves", 0, fleet.deserters())


def page(outcome: Outcome, plan: Plan) -> Iterator[str]:
    """The tables."""
    trace, found = outcome.trace, outcome.verdict.found
    yield (
        f"{plan.bots} bots and {plan.notifiers} notifiers on one PostgreSQL with its defaults; "
        f"{report.number(plan.rate)} updates/s for {plan.seconds / 60:g} minutes, "
        f"{len(trace.due)} in all; every {plan.every:g} s one of the "
        f"{plan.bots + plan.notifiers} processes got SIGKILL and was started again {DOWN:g} s "
        f"later. The Bot API and the gateway took {ANSWER:g} s for an "
        "answer, so that whoever was killed had messages in hand."
    )
    yield table(outcome.verdict.checks)
    yield report.table(["", ""], ([name, value] for name, value in _facts(outcome).items()))
    yield (
        f"Each of the {found.marked} messages that came twice has a try in the database that a "
        f"killed process had begun and never settled ({found.cut} such tries in all); an SMS came "
        f"twice with the same reference. {found.needless} codes were not sent a second time, for "
        "the citizen had typed them already. The longest replies waited behind a message that a "
        "killed notifier had in hand, until its lease (`notifier.lease_seconds`) ran out."
    )


def _facts(outcome: Outcome) -> dict[str, str]:
    trace = outcome.trace
    kills = Counter(blow.role for blow in outcome.blows)
    backs = [blow.back for blow in outcome.blows]
    first_tries = " / ".join(map(report.number, outcome.verdict.waits))
    return {
        "killed": ", ".join(f"{count} x {role}" for role, count in sorted(kills.items())),
        "ready again after the start, s p50 / p99 / max": str(Times.of(backs)),
        "acknowledged p50 / p99 / max ms": str(Times.of(waits(trace, trace.acked))),
        "reply p50 / p99 / max ms": str(Times.of(waits(trace, trace.replied))),
        "bubble committed until its first try p50 / p99 / max ms": first_tries,
        "updates brought again: connection broke": str(trace.broken),
        "updates brought again: answered other than 200": str(trace.errors - trace.broken),
        "most without a reply at a time": str(max(backlog(trace, STEP))),
        "everything had left after the last reply, s": report.number(outcome.emptied),
        "messages that came twice": str(outcome.verdict.found.marked),
    }


def plot(outcome: Outcome) -> Plot:
    """Updates without a reply over time."""
    points = [(place * STEP, float(n)) for place, n in enumerate(backlog(outcome.trace, STEP))]
    lines = {"updates without a reply": points}
    return Plot("chaos", "One killed every few seconds", "seconds", "updates", lines, steep=False)
