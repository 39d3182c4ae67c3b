"""Routine work beside the turn: fold the log back, forget what is old, anchor the audit chain."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from bot import anchor, due
from bot.clock import Clock
from bot.desk import Desk
from bot.erasing import halves_of
from bot.settings import Days, Settings
from bot.turn import Turns
from bot.workdays import Workdays
from storage.base import Retention, Store, Unavailable

log = structlog.get_logger(__name__)

DAY = 86_400
TIDY_EVERY = 5.0  # seconds
ANCHOR_EVERY = 300.0  # R65: the head of the chain is written outside the database
PURGE_EVERY = 3600.0
SETTLED = 10.0


async def upkeep(
    store: Store, clock: Clock, settings: Settings, anchors: Path | None, turns: Turns
) -> None:
    """Work until cancelled. anchors: the file outside the database, or None (demo)."""
    days, after = settings.retention, settings.console.lapse * 60.0
    apart = halves_of(settings) if anchors else None

    async def lapsed() -> int:
        return await due.raise_lapsed(turns, store, after=after, now=clock.now())

    await asyncio.gather(
        _know_holidays(clock),
        _every(due.EVERY, lambda: due.raise_due(turns, store, now=clock.now(), apart=apart)),
        _every(due.LOOK_FOR_LAPSED, lapsed),
        _every(TIDY_EVERY, store.tidy),
        _every(PURGE_EVERY, lambda: store.purge(retention(days), now=clock.now())),
        *([_every(ANCHOR_EVERY, lambda: _anchor(store, clock, anchors))] if anchors else []),
    )


def retention(days: Days) -> Retention:
    """The settings' days as the store's seconds."""
    return Retention(
        seen=days.seen * DAY,
        challenges=days.challenges * DAY,
        transcript=days.transcript * DAY,
        outbound=days.outbound * DAY,
        tallies=days.tallies * DAY,
        abandoned=days.abandoned * DAY,
        changes=days.changes * DAY,
        photos=days.photos * DAY,
        dossiers=days.dossiers * DAY,
        asides=days.asides * DAY,
        evidence=days.evidence * DAY,
    )


async def _know_holidays(clock: Clock) -> None:
    """Load the calendar once the start is over, or the first request would wait for it."""
    await asyncio.sleep(SETTLED)
    await asyncio.to_thread(Workdays.load, Desk.day_of(clock.now()).year)


async def _anchor(store: Store, clock: Clock, file: Path) -> None:
    seq, mac = await store.audit_head()
    if not seq:
        return
    try:
        anchor.append(file, seq, mac, clock.now())
    except OSError as error:
        # The bot goes on: what is anchored later covers this as well.
        log.error("the audit chain could not be anchored", cause=error.strerror)  # noqa: TRY400


async def _every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Unavailable:
            log.warning("upkeep put off: the database cannot be used now")
