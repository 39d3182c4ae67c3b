"""Who is registered: a number of ten digits, a birth date, a child that is one.

The rows of these questions, on their way along a path. What is asked stands in the procedure.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from flows import checks, common
from flows.model import OK, read
from flows.path import Path, put
from flows.table import Do, Move, Turn, say

TEN, GROWN = 10, 18  # digits of a BHXH number; years of age from which people register themselves
VIET_NAM = timedelta(hours=7)
Guard = Callable[[Turn], bool]


def number_moves(
    path: Path, at: StrEnum, name: str, *, given: str = "", own: str = ""
) -> tuple[Move, ...]:
    """The rows of a BHXH number: a citizen ID is none, as the registry needs the ten digits.

    given: the field that says that it was given. own: that of a number that it must not be.
    """
    forget = (put(name, ""), *((put(given, ""),) if given else ()))
    same = (Move(at, OK, None, (*forget, say("error.own_number")), _same(name, own)),)
    rows = (
        *(same if own else ()),
        Move(at, OK, None, (*forget, say("error.need_ten")), _not_ten(name)),
        *path.onward(at, OK, *((put(given, "yes"),) if given else ())),
    )
    return (*common.keep(at, rows), *rows, *_on(read("card"), rows))


def birth_moves(path: Path, at: StrEnum, name: str, *, child: bool = False) -> tuple[Move, ...]:
    """The rows of a birth date; papers may know no more than the year."""
    grown = (Move(at, OK, None, (put(name, ""), say("error.grown")), _grown(name)),)
    rows = (
        Move(at, OK, None, (_refuse(name),), _unborn(name)),
        *(grown if child else ()),
        *path.onward(at, OK),
    )
    return (*common.keep(at, rows), *rows, *_on(read("year"), rows))


def _on(event: str, rows: tuple[Move, ...]) -> tuple[Move, ...]:
    return tuple(Move(move.at, event, move.to, move.do, move.when) for move in rows)


def _same(name: str, own: str) -> Guard:
    def same(turn: Turn) -> bool:
        return bool(getattr(turn.draft, name) == getattr(turn.draft, own))

    return _called(same, f"{name}_is_{own}")


def _not_ten(name: str) -> Guard:
    def other(turn: Turn) -> bool:
        return len(getattr(turn.draft, name)) != TEN

    return _called(other, f"{name}_has_not_ten_digits")


def _unborn(name: str) -> Guard:
    def unborn(turn: Turn) -> bool:
        return _refusal(turn, name) is not None

    return _called(unborn, "nobody_lives_who_was_born_then")


def _grown(name: str) -> Guard:
    def grown(turn: Turn) -> bool:
        parts = [int(part) for part in getattr(turn.draft, name).split("/")]
        day, month, year = [0, 0, *parts][-3:]
        today = _today(turn)
        return (year, month or 12, day or 31) <= (today.year - GROWN, today.month, today.day)

    return _called(grown, f"of_{GROWN}_years_by_now")


def _called(guard: Guard, name: str) -> Guard:
    guard.__name__ = name
    return guard


def _today(turn: Turn) -> date:
    return (datetime.fromtimestamp(turn.facts.at, UTC) + VIET_NAM).date()


def _refusal(turn: Turn, name: str) -> checks.Refused | None:
    return checks.not_born_then(getattr(turn.draft, name), _today(turn)) if turn.facts.at else None


def _refuse(name: str) -> Do:
    def refuse(turn: Turn) -> None:
        refusal = _refusal(turn, name)
        turn.say(refusal.key if refusal else f"again.{turn.state}")
        turn.remember(name, "")

    return Do(refuse, ("error.date_future", "error.date_too_old"))
