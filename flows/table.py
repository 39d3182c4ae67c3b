"""The words a procedure's table is written in: what a state asks, and the moves between states.

The thing that moves is a `Turn`: a working copy for one event, thrown away afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from flows.checks import Reader, line_number, picture_digits, six_digits
from flows.effects import Effect, Say
from flows.model import Facts, Talk, tap

if TYPE_CHECKING:
    from flows.machine import Flow

Draft = Any  # each procedure has its own frozen struct
KEEP = tap("keep")


class Turn:
    """One event's working copy of a conversation; actions change it, guards look at it."""

    __slots__ = (
        "draft", "effects", "facts", "flow", "heard", "next", "offer", "proved", "state", "talk"
    )  # fmt: skip

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
        self.next = ""  # the procedure that takes over from here
        self.proved = False  # this very event proves the account

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
    """An action of a move, with every text it may say and the slots of the codes it sends."""

    act: Callable[[Turn], None]
    says: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()

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
class AskPasted:
    """A state that reads somebody else's message, which is judged and not kept."""

    reader: Reader


@dataclass(frozen=True, slots=True)
class Choose:
    """A state that keeps one of a few answers, each a button, in the draft's field `keep`."""

    keep: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskLine:
    """A summary of all answers: the number of a line goes back to the state that asked for it.

    lines: in the order in which they are shown; a line of which `fits` is false is not shown.
    """

    lines: tuple["SummaryLine", ...]
    reader: Reader = line_number

    def shown(self, draft: Draft) -> list["SummaryLine"]:
        """The lines that these answers have."""
        return [line for line in self.lines if line.fits(draft)]


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line of a summary: the state that asks for it, and its text `line.<state>`."""

    at: StrEnum
    fits: Callable[[Draft], bool] = lambda _draft: True


@dataclass(frozen=True, slots=True)
class AskCode:
    """A state that waits for the one-time code `slot`.

    to: the draft's field that says where it goes: a contact, or ON_FILE.
    on_file: that contact must be on file for the account; the right code then proves the account.
    binds: a further field of the draft that the code is worth nothing without.
    granted: it goes only to a new phone that two officers have granted.
    anyone: it shows that the contact answers, and nothing of the account, which need not exist.
    twin: it may lapse after it was right and before it is of use, and is then got anew.
    beside: the slot of the code together with which alone it really goes.
    by: the ways it can go.
    """

    purpose: str
    slot: str = "code"
    to: str = "contact"
    on_file: bool = True
    binds: str = ""
    granted: bool = False
    anyone: bool = False
    twin: bool = False
    beside: str = ""
    by: tuple[str, ...] = ("sms", "email")
    reader: Reader = six_digits

    @property
    def letter(self) -> str:
        """The texts that carry this code: sms.<letter>, email.<letter>.subject and .text."""
        return "code" if self.slot == "code" else f"code_{self.slot}"


@dataclass(frozen=True, slots=True)
class AskCodes:
    """A state that waits for several codes at once, in either order."""

    codes: tuple[AskCode, ...]
    reader: Reader = six_digits


@dataclass(frozen=True, slots=True)
class AskHuman:
    """A state that waits for the digits of the human check."""

    reader: Reader = picture_digits


Question = Ask | AskPasted | Choose | AskLine | AskCode | AskCodes | AskHuman


def codes_of(question: Question | None) -> tuple[AskCode, ...]:
    """The codes a state waits for."""
    if isinstance(question, AskCode):
        return (question,)
    return question.codes if isinstance(question, AskCodes) else ()


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
