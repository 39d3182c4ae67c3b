"""What time brings about: held changes of a contact whose hour has come, as events of the turn."""

from bot.channels.base import Incoming
from bot.turn import Turns
from flows.heard import APPLY
from flows.model import Event
from storage.base import Store

AT_ONCE = 100
EVERY = 5.0  # seconds between two looks


async def raise_due(turns: Turns, store: Store, *, now: float) -> int:
    """Hand every change that is due to the turn; how many. Safe in several processes at once.

    Not through the intake: with `run --only notifier` nobody works there.
    """
    due = await store.due_changes(now=now, limit=AT_ONCE)
    for change in due:
        event = Event(APPLY, change.ref)
        key = f"apply:{change.ref}:{change.applies_at:.0f}"
        await turns.take([Incoming(change.chat, key, event)])
    return len(due)
