"""What time brings about: held changes are made, claims lapse, data are erased."""

from pathlib import Path

from bot.channels.base import Incoming
from bot.erasing import erase_due
from bot.turn import Turns
from flows.heard import APPLY
from flows.model import Event
from flows.quiet import LAPSE
from storage.base import Store

AT_ONCE = 100
EVERY = 5.0  # seconds between two looks
LOOK_FOR_LAPSED = 20.0
MOST_HELD = 2000  # conversations that officers have at once


async def raise_due(turns: Turns, store: Store, *, now: float, apart: Path | None = None) -> int:
    """Hand every change that is due to the turn, and erase; how many. Safe in several processes.

    apart: the file of people's halves of their keys, where there may be one.
    Not through the intake: with `run --only notifier` nobody works there.
    """
    due = await store.due_changes(now=now, limit=AT_ONCE)
    for change in due:
        event = Event(APPLY, change.ref)
        key = f"apply:{change.ref}:{change.applies_at:.0f}"
        await turns.take([Incoming(change.chat, key, event)])
    return len(due) + await erase_due(turns.desk, store, now=now, apart=apart)


async def raise_lapsed(turns: Turns, store: Store, *, after: float, now: float) -> int:
    """Let conversations wait again whose officer has been away for `after` seconds; how many.

    Whoever has the page open is at it, and so is whoever has just written. Safe in several
    processes at once, like `raise_due`.
    """
    held = [row for row in await store.queue(limit=MOST_HELD) if row.officer]
    looks = await store.looks([row.chat for row in held]) if held else []
    seen = {(look.chat, look.name): max(look.seen_at, look.typing_at) for look in looks}
    lapsed = 0
    for row in held:
        taken = row.taken_at or row.at
        if max(taken, seen.get((row.chat, row.officer), 0.0)) + after > now:
            continue
        key = f"lapse:{row.number}:{taken:.0f}"
        await turns.take([Incoming(row.chat, key, Event(LAPSE, row.officer))])
        lapsed += 1
    return lapsed
