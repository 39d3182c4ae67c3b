"""What the engine tells whoever counts: sizes, seconds and kinds.

Refuses to know who: no chat, no account, no text, no address passes through here.
"""

from typing import Literal

from bot.notifier.parcel import Verdict
from flows.model import Facts

Part = Literal["turn", "notifier", "look"]


class Watch:
    """Hears of everything and keeps nothing; the one that counts is in bot/metrics.py."""

    def batch(self, taken: int, refused: int, seconds: float) -> None:
        """A batch was committed: events that took effect, and events that had none."""

    def turned_away(self, events: int) -> None:
        """So many events could not be committed; their platform brings them again."""

    def decided(self, facts: Facts) -> None:
        """One event is about to be decided on these facts."""

    def set_aside(self) -> None:
        """An event could not be handled even alone."""

    def tried(self, channel: str, verdict: Verdict, seconds: float, age: float) -> None:
        """A message was tried for so long, so long after it had been written."""

    def database_failed(self, part: Part) -> None:
        """The database could not be used."""


QUIET = Watch()
