"""A procedure as a table: states, what each asks, and the moves between them.

One shared, synchronous `transitions.Machine` per procedure, built and checked when the
module is imported. The thing that moves is a `Turn`, which the machine never gets to know.
Automatic `to_<state>` events are off: with them a forged button could step past a code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from transitions import Event as TableEvent
from transitions import Machine, Transition

from flows.model import code, human, read, tap
from flows.table import (
    KEEP,
    Ask,
    AskCode,
    AskCodes,
    AskHuman,
    AskLine,
    AskPasted,
    Choose,
    Draft,
    Move,
    Question,
    Turn,
    codes_of,
)


class BrokenFlow(Exception):
    """A table that cannot work; the message names the state or event and the mend."""


@dataclass(frozen=True)
class Flow:
    """One procedure. `order`: its place in the menu; `ends` have no way on.

    masks: how fields may be shown: account, contact, typed, number; bank: nor in transcripts.
    extra: further text keys that the procedure's effects say (SMS, e-mail, notices).
    hidden: events that work when typed but get no button; "state event" hides it there only.
    intents: what a free text means that asks for it, where that is not its own name.
    listed: it has a button in the menu; on_second_page: among the other services there.
    anywhere: its words begin it from within any other procedure, too.
    looks: what must be looked up for an event in a state (state -> words of `LookUp`); the
    start state's are looked up when the procedure begins, too.
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
    anywhere: bool = False
    listed: bool = True
    on_second_page: bool = False
    intents: tuple[str, ...] = ()
    looks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Build the machine and refuse a table that cannot work."""
        rows: dict[tuple[str, str], list[Move]] = {}
        for move in self.moves:
            for state in move.sources:
                rows.setdefault((state.value, move.on), []).append(move)
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "_buttons", {s.value: self._taps(s.value) for s in self.states})
        object.__setattr__(self, "_machine", self._build())
        waits = {str(at): codes_of(question) for at, question in self.asks.items()}
        object.__setattr__(self, "_waits", waits)
        object.__setattr__(self, "_sends", {key: _sent(moves) for key, moves in rows.items()})
        _check(self)

    rows: Mapping[tuple[str, str], list[Move]] = field(init=False, repr=False, compare=False)
    _buttons: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _machine: Machine = field(init=False, repr=False, compare=False)
    _waits: Mapping[str, tuple[AskCode, ...]] = field(init=False, repr=False, compare=False)
    _sends: Mapping[tuple[str, str], tuple[str, ...]] = field(
        init=False, repr=False, compare=False
    )

    def knows(self, state: str) -> bool:
        """Whether this version of the procedure has such a state."""
        return state in self._buttons

    def answers(self, state: str) -> list[str]:
        """Every event this state answers to, in the order of the table."""
        return [on for at, on in self.rows if at == state]

    def choices(self, state: str, draft: Draft) -> tuple[str, ...]:
        """The buttons of a state: its taps in table order, "keep" only if there is something."""
        taps, question = self._buttons[state], self.asks.get(state)
        kept = isinstance(question, Ask) and getattr(draft, question.keep)
        return taps if kept else tuple(on for on in taps if on != KEEP)

    def first_number(self, state: str, draft: Draft) -> int:
        """The number of a state's first button: those of a summary follow its lines."""
        question = self.asks.get(state)
        return len(question.shown(draft)) + 1 if isinstance(question, AskLine) else 1

    def _taps(self, state: str) -> tuple[str, ...]:
        taps = (on for on in self.answers(state) if on.startswith("tap:"))
        return tuple(on for on in taps if self.hidden.isdisjoint({on, f"{state} {on}"}))

    def question(self, state: str) -> Question | None:
        """What a state reads, if it reads anything."""
        return self.asks.get(state)

    def waits_for(self, state: str) -> tuple[AskCode, ...]:
        """The codes that a state waits for."""
        return self._waits.get(state, ())

    def may_send(self, state: str, event: str) -> tuple[str, ...]:
        """The slots of every code that this event could send in a state, whatever the facts."""
        return self._sends.get((state, event), ())

    @cached_property
    def codes(self) -> Mapping[str, AskCode]:
        """Every one-time code this procedure sends, by its slot."""
        return {code.slot: code for q in self.asks.values() for code in codes_of(q)}

    def fire(self, turn: Turn, event: str) -> bool:
        """Make the first move of the table that fits; False when none does."""
        if (turn.state, event) not in self.rows:
            return False
        return bool(self._machine.events[event].trigger(turn))

    def _build(self) -> Machine:
        return _Machine(
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


class _Step(Transition):
    """A transition with nothing but what a table has: guards, actions, the next state."""

    def fits(self, turn: Turn) -> bool:
        """Whether its guard holds; a table gives each move one guard or none."""
        guards: Any = self.conditions
        return all(guard.func(turn) for guard in guards)

    def make(self, turn: Turn) -> None:
        """Carry out its actions and move on; no callbacks around it, as nobody registers any."""
        acts: Any = self.before
        for act in acts:
            act(turn)
        if self.dest:
            turn.state = self.dest


class _Event(TableEvent):
    """An event that is only its steps: what else a machine looks at, no table has."""

    def trigger(self, model: object, *_: object, **__: object) -> bool:
        """Make the first step that fits the turn `model`; False when none does."""
        turn: Any = model
        steps: Any = self.transitions[turn.state]
        for step in steps:
            if step.fits(turn):
                step.make(turn)
                return True
        return False


class _Machine(Machine):
    transition_cls = _Step
    event_cls = _Event


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
        for name in _kept(question):
            if name not in flow.draft.__struct_fields__:
                raise BrokenFlow(f"{flow.name}: {state!r} keeps {name!r}, not in the draft")
        for event in _needed(question):
            if (state, event) not in flow.rows:
                raise BrokenFlow(f"{flow.name}: {state!r} does not answer {event!r}; add a Move")


def _sent(moves: list[Move]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slot for move in moves for do in move.do for slot in do.sends))


def _kept(question: Question) -> list[str]:
    """The draft's fields that a question fills or looks at."""
    if isinstance(question, Ask | Choose):
        return [question.keep]
    named = [name for code in codes_of(question) for name in (code.to, code.binds)]
    return [name for name in named if name]


def _needed(question: Question) -> list[str]:
    match question:
        case Ask() | AskPasted():
            return [read(outcome) for outcome in question.reader.outcomes]
        case Choose():
            return [tap(option) for option in question.options]
        case AskLine():
            return []
        case AskHuman():
            return [human("right"), human("wrong")]
        case AskCode() | AskCodes():
            results = ("right", "wrong", "spent", "expired", "old", "void")
            return [code(result) for result in results]


def _reachable(flow: Flow) -> set[str]:
    reached, todo = {flow.start.value}, [flow.start.value]
    while todo:
        here = todo.pop()
        to = {move.to for (at, _), moves in flow.rows.items() if at == here for move in moves}
        new = {state.value for state in to if state} - reached
        reached |= new
        todo.extend(new)
    return reached
