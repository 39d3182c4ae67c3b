"""Check a message that somebody sent: official, not official, or unclear, with reasons.

Anybody may ask and nothing is proved. The message is judged by a list of what is official; it is
not kept in the answers, nothing in it is opened, and nothing of it is said again.
"""

from enum import StrEnum

import msgspec

from flows import common
from flows.machine import Flow
from flows.model import OK, start, tap
from flows.scam import REASONS, pasted
from flows.table import AskPasted, Do, Move, Turn, say

NAME = "scam_check"
MOST_REASONS = 3  # said in one bubble; one in the plain mode


class S(StrEnum):
    """Where the conversation stands. WARNED: it was not official, and may have been obeyed."""

    PASTE = "paste"
    WARNED = "warned"
    OFFICIAL = "official"
    UNCLEAR = "unclear"
    ACTED = "acted"
    DONE = "done"
    LEFT = "left"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    """Nothing is kept."""


def official(turn: Turn) -> bool:
    """All of it is on the list, and it asks for nothing."""
    return turn.facts.judged is not None and turn.facts.judged.verdict == "official"


def not_official(turn: Turn) -> bool:
    """It has the signs of a trick."""
    return turn.facts.judged is not None and turn.facts.judged.verdict == "not_official"


def came_along(turn: Turn) -> bool:
    """A message came with the wish to have it checked."""
    return turn.facts.judged is not None


def _tell(verdict: str) -> Do:
    """An action that says what the message is, and why."""

    def tell(turn: Turn) -> None:
        reasons = turn.facts.judged.reasons if turn.facts.judged else ()
        turn.say(f"verdict.{verdict}")
        for reason in reasons[: 1 if turn.talk.plain else MOST_REASONS]:
            turn.say(f"reason.{reason}")

    return Do(tell, (f"verdict.{verdict}",))


def _freeze(turn: Turn) -> None:
    turn.next = "freeze_account"


def _judging(at: StrEnum, on: str) -> tuple[Move, ...]:
    """The rows of a message: what it is decides where the conversation goes."""
    told = _tell("not_official")
    again = (Move(at, on, None, (told, say("again.warned")), not_official),)
    return (
        Move(at, on, S.OFFICIAL, (_tell("official"),), official),
        *(again if at is S.WARNED else (Move(at, on, S.WARNED, (told,), not_official),)),
        Move(at, on, S.UNCLEAR, (_tell("unclear"),), came_along),
    )


flow = Flow(
    name=NAME,
    version=1,
    order=9,
    command="kiemtra",
    states=S,
    start=S.PASTE,
    draft=Draft,
    looks=dict.fromkeys((S.PASTE, S.WARNED), ("pasted",)),
    extra=tuple(f"reason.{reason}" for reason in REASONS),
    asks=dict.fromkeys((S.PASTE, S.WARNED), AskPasted(pasted)),
    moves=(
        *_judging(S.PASTE, start(NAME)),
        Move(S.PASTE, start(NAME), None),
        *_judging(S.PASTE, OK),
        Move(S.PASTE, OK, S.UNCLEAR),
        *_judging(S.WARNED, OK),
        Move(S.WARNED, OK, S.UNCLEAR),
        Move(S.WARNED, tap("acted"), S.ACTED),
        Move(S.ACTED, tap("freeze"), S.DONE, (Do(_freeze),)),
        Move(S.ACTED, tap("leave_open"), S.DONE),
        Move(S.WARNED, tap("another"), S.PASTE),
        Move(S.WARNED, tap("done"), S.DONE),
        *common.back(S.WARNED, S.ACTED),
        # Nothing is lost by leaving, so nobody is asked whether to.
        Move((S.PASTE, S.WARNED, S.ACTED), common.PERSON, S.PERSON, (common.hand_over,)),
        Move((S.PASTE, S.WARNED, S.ACTED), common.CANCEL, S.LEFT),
        Move((S.PASTE, S.WARNED, S.ACTED), common.STOP, S.LEFT),
    ),
    ends=frozenset({S.OFFICIAL, S.UNCLEAR, S.DONE, S.LEFT, S.PERSON}),
)
