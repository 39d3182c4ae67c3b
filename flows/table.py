"""The words a procedure's table is written in: what a state asks, and the moves between states.

The thing that moves is a `Turn`: a working copy for one event, thrown away afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flows.checks import Reader, picture_digits, six_digits
from flows.model import Effect, Facts, Say, Talk, tap

if TYPE_CHECKING:
    from flows.machine import Flow

Draft = Any  # each procedure has its own frozen dataclass
KEEP = tap("keep")


class Turn:
    """One event's working copy of a conversation; actions change it, guards look at it."""

    __slots__ = ("draft", "effects", "facts", "flow", "heard", "offer", "state", "talk")

    def __init__(self, flow: "Flow", talk: Talk, heard: str, facts: Facts) -> None:
        """Start from where `talk` stands; `heard` is the event's name."""
        self.flow = flow
        self.talk = talk
        self.state: str = talk.state
        self.draft: Draft = talk.draft
        self.heard = heard
        self.facts = facts
        self.effects: list[Effect] = []
        self.offer: tuple[str, ...] | None = None  # choices other than the state's own

    def remember(self, field_name: str, value: str) -> None:
        """Keep an answer in the draft."""
        self.draft = replace(self.draft, **{field_name: value})

    def say(self, key: str, **holes: str) -> None:
        """Add a text to this turn's bubble."""
        self.effects.append(Say(key, holes))

    def do(self, effect: Effect) -> None:
        """Ask for something to be done in this turn's transaction."""
        self.effects.append(effect)


@dataclass(frozen=True, slots=True)
class Do:
    """An action of a move, together with every text it may say and whether it sends a code."""

    act: Callable[[Turn], None]
    says: tuple[str, ...] = ()
    sends: bool = False

    def __call__(self, turn: Turn) -> None:
        """Carry it out on the working copy."""
        self.act(turn)


def say(key: str) -> Do:
    """An action that says one text."""
    return Do(lambda turn: turn.say(key), (key,))


@dataclass(frozen=True, slots=True)
class Ask:
    """A state that reads typed text into the draft's field `keep`.

    share_phone: the platform may share the citizen's own number as the answer.
    """

    reader: Reader
    keep: str
    share_phone: bool = False


@dataclass(frozen=True, slots=True)
class AskCode:
    """A state that waits for the one-time code `slot`, sent to the draft's `contact`."""

    purpose: str
    slot: str = "code"
    reader: Reader = six_digits


@dataclass(frozen=True, slots=True)
class AskHuman:
    """A state that waits for the digits of the human check."""

    reader: Reader = picture_digits


Question = Ask | AskCode | AskHuman


@dataclass(frozen=True, slots=True)
class Move:
    """In any of these states, on this event (if `when` holds): do this and go there.

    to: None stays in the state without asking its question anew.
    """

    at: StrEnum | tuple[StrEnum, ...]
    on: str
    to: StrEnum | None
    do: tuple[Do, ...] = ()
    when: Callable[[Turn], bool] | None = None

    @property
    def sources(self) -> tuple[StrEnum, ...]:
        """The states this move starts from."""
        return self.at if isinstance(self.at, tuple) else (self.at,)
