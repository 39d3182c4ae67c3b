"""What services share that only tell: a text, buttons that each tell more, and the end.

They need no personal datum, so nothing is asked, proved or kept.
"""

from enum import StrEnum

import msgspec

from flows import common
from flows.machine import Flow
from flows.model import tap
from flows.table import Move, say


class S(StrEnum):
    """Where the conversation stands."""

    TOLD = "told"
    DONE = "done"
    CANCELLED = "cancelled"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """Nothing is asked."""


def tell(name: str, *, order: int, command: str, more: tuple[str, ...]) -> Flow:
    """The procedure `name`; each of `more` is a button with a text of its own."""
    return Flow(
        name=name,
        version=1,
        order=order,
        command=command,
        listed=False,
        on_second_page=True,
        states=S,
        start=S.TOLD,
        draft=Draft,
        asks={},
        moves=(
            *(
                Move(S.TOLD, tap(each), None, (say(f"tell.{each}"), say("again.told")))
                for each in more
            ),
            Move(S.TOLD, tap("done"), S.DONE),
            *common.moves((S.TOLD,), cancelled=S.CANCELLED, person=S.PERSON),
        ),
        ends=frozenset({S.DONE, S.CANCELLED, S.PERSON}),
    )
