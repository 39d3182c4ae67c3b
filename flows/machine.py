"""A procedure as a table: states, what each asks, and the moves between them.

One shared, synchronous `transitions.Machine` per procedure, built and checked when the
module is imported. The thing that moves is a `Turn`: a working copy for one event that
the machine never gets to know, thrown away afterwards. Automatic `to_<state>` events are
off: with them a forged button could step past a code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from transitions import Machine

from flows.checks import Reader, picture_digits, six_digits
from flows.model import Effect, Facts, Say, Talk, code, human, read, tap

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


class BrokenFlow(Exception):
    """A table that cannot work; the message names the state or event and the mend."""


@dataclass(frozen=True)
class Flow:
    """One procedure. `order`: its place in the menu; `ends` have no way on.

    masks: how draft fields may be shown in texts (field -> "account" or "contact").
    extra: further text keys that the procedure's effects say (SMS, e-mail, notices).
    hidden: events that work when typed but get no button.
    """

    name: str
    version: int
    order: int
    states: type[StrEnum]
    start: StrEnum
    draft: type[Any]
    moves: tuple[Move, ...]
    asks: Mapping[str, Question]
    ends: frozenset[str]
    masks: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset({tap("cancel"), tap("stop")})
    command: str = ""

    def __post_init__(self) -> None:
        """Build the machine and refuse a table that cannot work."""
        rows: dict[tuple[str, str], list[Move]] = {}
        for move in self.moves:
            for state in move.sources:
                rows.setdefault((state.value, move.on), []).append(move)
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "_names", frozenset(state.value for state in self.states))
        object.__setattr__(self, "_machine", self._build())
        _check(self)

    rows: Mapping[tuple[str, str], list[Move]] = field(init=False, repr=False, compare=False)
    _names: frozenset[str] = field(init=False, repr=False, compare=False)
    _machine: Machine = field(init=False, repr=False, compare=False)

    def knows(self, state: str) -> bool:
        """Whether this version of the procedure has such a state."""
        return state in self._names

    def answers(self, state: str) -> list[str]:
        """Every event this state answers to, in the order of the table."""
        return [on for at, on in self.rows if at == state]

    def choices(self, state: str, draft: Draft) -> tuple[str, ...]:
        """The buttons of a state: its taps in table order, "keep" only if there is something."""
        question = self.asks.get(state)
        kept = isinstance(question, Ask) and bool(getattr(draft, question.keep))
        return tuple(
            on
            for on in self.answers(state)
            if on.startswith("tap:") and on not in self.hidden and (kept or on != KEEP)
        )

    def question(self, state: str) -> Question | None:
        """What a state reads, if it reads anything."""
        return self.asks.get(state)

    @cached_property
    def code_question(self) -> AskCode | None:
        """What the state that waits for a code asks; None in a flow that sends none."""
        return next((q for q in self.asks.values() if isinstance(q, AskCode)), None)

    def fire(self, turn: Turn, event: str) -> bool:
        """Make the first move of the table that fits; False when none does."""
        if (turn.state, event) not in self.rows:
            return False
        return bool(self._machine.events[event].trigger(turn, turn))

    def _build(self) -> Machine:
        return Machine(
            model=None,
            states=[state.value for state in self.states],
            initial=self.start.value,
            auto_transitions=False,
            transitions=[
                {
                    "trigger": move.on,
                    "source": [state.value for state in move.sources],
                    "dest": move.to.value if move.to else None,
                    "conditions": [move.when] if move.when else None,
                    "before": list(move.do),  # so that actions know where they are
                }
                for move in self.moves
            ],
        )


def _check(flow: Flow) -> None:
    """Raise BrokenFlow unless every state can be reached, left, and asked."""
    everywhere = {state.value for state in flow.states}
    for state in sorted(everywhere - _reachable(flow)):
        raise BrokenFlow(f"{flow.name}: nothing leads to {state!r}; add a Move or drop the state")
    for state in sorted(everywhere):
        out = {move.to for (at, _), moves in flow.rows.items() if at == state for move in moves}
        if state in flow.ends and out:
            raise BrokenFlow(f"{flow.name}: {state!r} is an end but has moves; drop one of both")
        if state not in flow.ends and not out - {None}:
            raise BrokenFlow(f"{flow.name}: no way out of {state!r}; add a Move or make it an end")
    for state, question in ((str(at), question) for at, question in flow.asks.items()):
        if isinstance(question, Ask) and question.keep not in flow.draft.__dataclass_fields__:
            raise BrokenFlow(f"{flow.name}: {state!r} keeps {question.keep!r}, not in the draft")
        for event in _needed(question):
            if (state, event) not in flow.rows:
                raise BrokenFlow(f"{flow.name}: {state!r} does not answer {event!r}; add a Move")


def _needed(question: Question) -> list[str]:
    if isinstance(question, Ask):
        return [read(outcome) for outcome in question.reader.outcomes]
    if isinstance(question, AskHuman):
        return [human("right"), human("wrong")]
    return [code(result) for result in ("right", "wrong", "spent", "expired", "old", "void")]


def _reachable(flow: Flow) -> set[str]:
    reached, todo = {flow.start.value}, [flow.start.value]
    while todo:
        here = todo.pop()
        to = {move.to for (at, _), moves in flow.rows.items() if at == here for move in moves}
        new = {state.value for state in to if state} - reached
        reached |= new
        todo.extend(new)
    return reached
