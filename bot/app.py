"""The composition root: settings and keys -> store, procedures, turns, notifier.

Nothing else constructs them. `run`, `demo`, `simulate` and the tests all build the same
engine and differ only in its channels and senders.
"""

import asyncio
import gc
import os
import random
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import flows
from bot.advice_rules import table
from bot.batches import Batches
from bot.clock import Clock
from bot.darkroom import Darkroom
from bot.desk import Desk, Subkeys
from bot.guides import Guides
from bot.keys import Keyring
from bot.notifier.fetcher import HasFiles, PhotoFetcher
from bot.notifier.parcel import Sender
from bot.notifier.picture import draw
from bot.notifier.worker import Bench, Notifier, Outlet
from bot.papers import seal
from bot.paperwork import Paperwork
from bot.sense import Sensing, warm
from bot.settings import Settings
from bot.switches import Switches
from bot.turn import Turns
from bot.watch import QUIET, Watch
from bot.wording import Wording
from flows.advice import advised_by
from flows.dialogue import Dialogue
from flows.machine import Flow
from storage.base import Store
from storage.sqlite import SqliteStore

CHAT_CHANNELS = ("telegram", "web")


@dataclass(frozen=True)
class Engine:
    """Everything between a channel and a sender."""

    desk: Desk
    store: Store
    turns: Turns
    batches: Batches
    notifier: Notifier
    paperwork: Paperwork


def open_store(settings: Settings, keyring: Keyring) -> Store:
    """The store that database.url names; not yet opened."""
    rules, vault, audit = settings.database, keyring.vault(), keyring.subkey("audit")
    if not rules.url.startswith("sqlite:///"):
        # Whoever has one file need not load the other engine's driver.
        from storage.postgres import PostgresStore  # noqa: PLC0415

        most = rules.connections
        return PostgresStore(rules.url, vault, audit, direct=rules.direct_url, connections=most)
    where = rules.url.removeprefix("sqlite:///")
    if where != ":memory:":
        Path(where).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return SqliteStore(where, vault, audit)


def build(
    settings: Settings,
    keyring: Keyring,
    store: Store,
    clock: Clock,
    senders: Mapping[str, Sender],
    *,
    randomness: Callable[[int], bytes] = os.urandom,
    chance: Callable[[], float] = random.random,
    watch: Watch = QUIET,
) -> Engine:
    """Put an engine together. senders: by channel name ("telegram", "web", "sms", "email")."""
    desk = _desk(settings, keyring, store, clock, randomness)
    turns = Turns(desk, store, clock, watch)
    darkroom = Darkroom(store, turns, clock)
    fetchers = {
        name: PhotoFetcher(name, sender.files, darkroom.keep, darkroom.tell)
        for name, sender in senders.items()
        if isinstance(sender, HasFiles)
    }
    paperwork = Paperwork(desk, store, seal.seeds(keyring)[-1], clock)
    bench = _bench(desk, senders, fetchers, paperwork, chance, watch)
    notifier = Notifier(store, bench, clock, _owner(randomness))
    batches = Batches(turns, notifier.wake, watch=watch)
    return Engine(desk, store, turns, batches, notifier, paperwork)


def _desk(
    settings: Settings,
    keyring: Keyring,
    store: Store,
    clock: Clock,
    randomness: Callable[[int], bytes],
) -> Desk:
    found = procedures(settings)
    wording, guides = Wording(found), Guides(clock)
    return Desk(
        settings=settings,
        flows=found,
        wording=wording,
        guides=guides,
        switches=Switches(store, clock, guides.leading),
        dialogue=Dialogue(found, wording.phrases(), Sensing(found, guides)),
        keys=Subkeys(
            code=keyring.subkey("code"),
            tap=keyring.subkey("tap"),
            human=keyring.subkey("human"),
            password=keyring.subkey("password"),
        ),
        index=store.index,
        random=randomness,
    )


def procedures(settings: Settings) -> Mapping[str, Flow]:
    """Every procedure, with this installation's dates and switches of what it advises."""
    rules = settings.procedures
    return advised_by(flows.discover(), table(rules.advice_off, rules.advice_checked))


@asynccontextmanager
async def running(engine: Engine, *, notify: bool = True) -> AsyncIterator[Engine]:
    """The engine at work: its batches are taken and (unless told otherwise) its messages sent."""
    tasks = [asyncio.create_task(engine.batches.run())]
    tasks.append(asyncio.create_task(asyncio.to_thread(warm, engine.desk.guides)))
    if notify:
        tasks.append(asyncio.create_task(engine.notifier.run()))
    try:
        yield engine
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def settle_in() -> None:
    """Once everything is loaded: settings of the interpreter that suit a busy loop."""
    # The collector need not look through what stays anyway again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    # The database's thread need not wait 5 ms for a busy loop whenever it has a result; with less
    # than this a quiet bot pays for it.
    sys.setswitchinterval(0.002)


def _bench(
    desk: Desk,
    senders: Mapping[str, Sender],
    fetchers: Mapping[str, PhotoFetcher],
    paperwork: Paperwork,
    chance: Callable[[], float],
    watch: Watch,
) -> Bench:
    rules = desk.settings.notifier
    delays = {"sms": rules.sms_retries, "email": rules.mail_retries}
    delays |= dict.fromkeys(CHAT_CHANNELS, rules.chat_retries)
    outlets = {name: Outlet(sender, delays[name]) for name, sender in senders.items()}
    outlets |= {
        f"photo-{name}": Outlet(fetcher, rules.photo_retries, fetcher.give_up)
        for name, fetcher in fetchers.items()
    }
    return Bench(
        outlets=outlets,
        code_key=desk.keys.code,
        picture=lambda reference: draw(desk.keys.human, reference),
        paper=paperwork.draw,
        chance=chance,
        lease=rules.lease_seconds,
        at_once=rules.batch,
        watch=watch,
    )


def _owner(randomness: Callable[[int], bytes]) -> str:
    return f"{os.getpid()}-{randomness(4).hex()}"
