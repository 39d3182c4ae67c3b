"""What people may do instead of a procedure: a decision table, dated, with a switch on each row.

The table is `flows/advice.toml`, read once like the modules beside it; operators change dates and
switches in their settings. A row says one text and offers two buttons, so it needs no code here.
Whoever goes on all the same is back at the question where the advice came, and gets no other.
"""

import pkgutil
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace as with_answers

from flows import common
from flows.dossier import ENDS as CLOSED
from flows.machine import BrokenFlow, Flow
from flows.model import DossierView, start, tap
from flows.table import Choose, Do, Draft, Move, Turn

ADVICE, SAID = "advice", "said="
ANYWAY, ENOUGH = tap("anyway"), tap("enough")


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One situation and what is advised in it; `flows/advice.toml` says what the words mean."""

    when: tuple[str, ...]
    say: str
    exit: str
    source: str
    checked: date
    stay: str = ANYWAY
    on: bool = True


Rows = Mapping[str, Row]
Table = Mapping[str, Rows]  # by procedure and name, in the order in which they are tried
_WRITTEN = (pkgutil.get_data(__package__, "advice.toml") or b"").decode()
TABLE: Table = msgspec.convert(tomllib.loads(_WRITTEN), dict[str, dict[str, Row]])


def advise(rows: Rows, situation: Iterable[str]) -> str:
    """The name of the first row that is switched on and holds in this situation, or ""."""
    known = frozenset(situation)
    return next((name for name, row in rows.items() if row.on and known.issuperset(row.when)), "")


def situation(
    flow: Flow, draft: Draft, said: str, dossiers: Iterable[DossierView] = ()
) -> Iterator[str]:
    """All that is known of somebody, in the words of the table."""
    chosen = (asked.keep for asked in flow.asks.values() if isinstance(asked, Choose))
    yield from (f"{name}={getattr(draft, name)}" for name in chosen)
    yield SAID + said.removeprefix("tap:")
    for each in dossiers:
        if each.state not in CLOSED:
            yield f"open={each.kind}"
        if each.state == "needs_info":
            yield f"asked={each.kind}"


@dataclass(frozen=True)
class Advised(Flow):
    """A procedure with rows of the table.

    If one of them follows an answer, the procedure has a state "advice", and its draft keeps the
    row that was said last (`advised`), where (`asked_at`), and how people went on (`wish`).
    """

    advice: Rows = field(default_factory=dict)
    _leads: frozenset[str] = field(init=False, repr=False, compare=False)
    _always: frozenset[str] = field(init=False, repr=False, compare=False)
    _ways_on: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Build the machine, and refuse a row that no table can carry out."""
        super().__post_init__()
        rows = self.advice.values()
        said = {word for row in rows for word in row.when if word.startswith(SAID)}
        alone = {row.when[0] for row in rows if row.on and len(row.when) == 1}
        object.__setattr__(self, "_leads", frozenset(map(_button, said)))
        object.__setattr__(self, "_always", frozenset(map(_button, said & alone)))
        object.__setattr__(
            self, "_ways_on", frozenset(on for r in rows for on in (r.exit, r.stay))
        )
        for name, row in self.advice.items():
            if row.exit.startswith("tap:") and (ADVICE, row.exit) not in self.rows:
                raise BrokenFlow(f"{self.name}: advice {name!r} leads to {row.exit!r}; add a Move")

    def choices(self, state: str, draft: Draft) -> tuple[str, ...]:
        """The buttons of a state; one that only leads to advice comes where there is some."""
        offered = super().choices(state, draft)
        if state == ADVICE and (row := self.advice.get(draft.advised)):
            return (row.exit, row.stay, *(on for on in offered if on not in self._ways_on))
        if self._leads.isdisjoint(offered):
            return offered
        unsure = self._leads if draft.wish else self._leads - self._always
        return tuple(on for on in offered if on not in unsure or self.found(draft, on))

    def found(self, draft: Draft, said: str, dossiers: Iterable[DossierView] = ()) -> str:
        """The row that holds now; none for somebody who has gone on all the same before."""
        if getattr(draft, "wish", ""):
            return ""
        return advise(self.advice, situation(self, draft, said, dossiers))


def _button(said: str) -> str:
    return tap(said.removeprefix(SAID))


def advised(turn: Turn) -> bool:
    """Some row holds, and this citizen has not gone on all the same before."""
    return bool(_found(turn))


def moves(s: Any, procedure: str, *asked: tuple[StrEnum, str]) -> tuple[Move, ...]:  # noqa: ANN401
    """The rows of buttons that lead to advice alone; `s` has ADVICE and NOT_NEEDED.

    asked: each state and its button.
    """
    at = tuple(dict.fromkeys(state for state, _ in asked))
    return (
        *(said(s.ADVICE, state, on, procedure) for state, on in asked),
        Move(s.ADVICE, ENOUGH, s.NOT_NEEDED),
        *(Move(s.ADVICE, ANYWAY, state, when=_came_from(state)) for state in at),
        *(Move(s.ADVICE, common.BACK, state, when=_came_from(state)) for state in at),
    )


def said(to: StrEnum, at: StrEnum, on: str, procedure: str) -> Move:
    """The row of an answer after which there may be advice."""
    return Move(at, on, to, (_advise(procedure),), advised)


def opening(at: StrEnum, procedure: str) -> Move:
    """The row of a beginning: advice above the first question, its exit as one button more."""

    def offer(turn: Turn) -> None:
        if row := _row(turn):
            turn.offer = (*turn.flow.choices(turn.state, turn.draft), row.exit)
            _say(turn, row)

    return Move(at, start(procedure), None, (Do(offer, _says(procedure)),), advised)


def advised_by(flows: Mapping[str, Flow], table: Table) -> Mapping[str, Flow]:
    """The same procedures with the rows of another table."""
    if table == TABLE:
        return flows
    return {
        name: replace(flow, advice=table.get(name, {})) if isinstance(flow, Advised) else flow
        for name, flow in flows.items()
    }


def _advise(procedure: str) -> Do:
    def act(turn: Turn) -> None:
        if row := _row(turn):
            turn.draft = with_answers(turn.draft, advised=_found(turn), asked_at=turn.state)
            _say(turn, row)

    return Do(act, _says(procedure))


def _say(turn: Turn, row: Row) -> None:
    turn.say(row.say, checked=f"{row.checked:%d/%m/%Y}")


def _says(procedure: str) -> tuple[str, ...]:
    return tuple(row.say for row in TABLE[procedure].values())


def _row(turn: Turn) -> Row | None:
    return turn.flow.advice.get(_found(turn)) if isinstance(turn.flow, Advised) else None


def _found(turn: Turn) -> str:
    flow = turn.flow
    if not isinstance(flow, Advised):
        return ""
    return flow.found(turn.draft, turn.heard, turn.facts.dossiers)


def _came_from(state: StrEnum) -> Callable[[Turn], bool]:
    def asked_there(turn: Turn) -> bool:
        return bool(turn.draft.asked_at == state)

    return asked_there
