"""The questions of the form TK1-TS, shared by every procedure that hands one in.

What the registry holds is not asked again, only remembered to be on file, never its value. A
person's sex stands in her 12-digit number and is asked only where there is none.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace

from flows import checks, common
from flows.model import OK, Facts, read, tap
from flows.path import Path, Stop, both, holds, put
from flows.table import Ask, Choose, Do, Draft, Move, Question, SummaryLine, Turn, say

ON_FILE = ("name", "birth_date", "national_id")
MASKS = {
    "full_name": "typed",
    "birth_date": "typed",
    "national_id": "number",
    "ethnic_group": "typed",
    "nationality": "typed",
}
VIET_NAM = timedelta(hours=7)


class Answers(msgspec.Struct, frozen=True):
    """What a procedure's draft holds of the form. known: what is on file, as words of ON_FILE.

    no_id: there is no 12-digit number. Without a nationality it is the Vietnamese one.
    """

    known: str = ""
    full_name: str = ""
    birth_date: str = ""
    national_id: str = ""
    no_id: str = ""
    sex: str = ""
    ethnic_group: str = ""
    nationality: str = ""


def lacks(name: str) -> Callable[[Draft], bool]:
    """It is not on file."""
    return lambda draft: name not in draft.known.split()


no_number = both(lacks("national_id"), holds("national_id", ""))


def asks(s: Any) -> dict[str, Question]:  # noqa: ANN401 - the procedure's own states
    """The questions; `s` has NAME, BIRTH, BIRTH_YEAR, ID, SEX, PEOPLE and NATION."""
    return {
        s.NAME: Ask(checks.full_name, keep="full_name"),
        s.BIRTH: Ask(checks.birth_date, keep="birth_date"),
        s.ID: Ask(checks.national_id, keep="national_id"),
        s.SEX: Choose("sex", ("male", "female")),
        s.PEOPLE: Ask(checks.short_words, keep="ethnic_group"),
        s.NATION: Ask(checks.short_words, keep="nationality"),
    }


def stops(s: Any) -> tuple[Stop, ...]:  # noqa: ANN401
    """The questions in their order."""
    return (
        Stop(s.NAME, ("full_name",), lacks("name")),
        Stop(s.BIRTH, ("birth_date",), lacks("birth_date")),
        Stop(s.ID, ("national_id", "no_id"), lacks("national_id")),
        Stop(s.SEX, ("sex",), no_number),
        Stop(s.PEOPLE, ("ethnic_group", "nationality")),
    )


def lines(s: Any) -> tuple[SummaryLine, ...]:  # noqa: ANN401
    """The lines of a summary: five at the most."""
    return (
        SummaryLine(s.NAME, lacks("name")),
        SummaryLine(s.BIRTH, lacks("birth_date")),
        SummaryLine(s.ID, lambda draft: not no_number(draft) and lacks("national_id")(draft)),
        SummaryLine(s.SEX, no_number),
        SummaryLine(s.PEOPLE, holds("nationality", "")),
        SummaryLine(s.NATION, lambda draft: bool(draft.nationality)),
    )


def moves(s: Any, path: Path) -> tuple[Move, ...]:  # noqa: ANN401
    """The rows of the questions, on their way along `path`."""
    old = read("old")
    people = path.onward(s.PEOPLE, OK, vietnamese)
    nation = path.onward(s.NATION, OK, put("ethnic_group", ""), behind=s.PEOPLE)
    return (
        *path.typed(s.NAME),
        *birth_moves(s, path),
        *path.typed(s.ID, put("no_id", "")),
        Move(s.ID, old, None, (put("national_id", ""), say("error.id_old"))),
        Move(s.ID, tap("no_id"), s.SEX, (put("national_id", ""), put("no_id", "yes"))),
        *path.chosen(s.SEX, "male", "female"),
        *common.keep(s.PEOPLE, people),
        *people,
        *path.onward(s.PEOPLE, tap("kinh"), put("ethnic_group", "Kinh"), vietnamese),
        Move(s.PEOPLE, tap("foreign"), s.NATION),
        *common.keep(s.NATION, nation),
        *nation,
        Move(s.BIRTH_YEAR, common.BACK, s.BIRTH),
        Move(s.NATION, common.BACK, s.PEOPLE),
    )


def birth_moves(s: Any, path: Path) -> tuple[Move, ...]:  # noqa: ANN401
    """The rows of the birth date alone; `s` has BIRTH and BIRTH_YEAR."""
    year = read("year")
    birth = (Move(s.BIRTH, OK, None, (impossible,), born_never), *path.onward(s.BIRTH, OK))
    return (
        *common.keep(s.BIRTH, birth),
        *birth,
        Move(s.BIRTH, year, None, (impossible,), born_never),
        Move(s.BIRTH, year, s.BIRTH_YEAR),
        *path.onward(s.BIRTH_YEAR, tap("only_year"), behind=s.BIRTH),
        Move(s.BIRTH_YEAR, tap("whole_date"), s.BIRTH),
    )


def states(s: Any) -> tuple[StrEnum, ...]:  # noqa: ANN401
    """The states that wait for something."""
    return (s.NAME, s.BIRTH, s.BIRTH_YEAR, s.ID, s.SEX, s.PEOPLE, s.NATION)


def seen(turn: Turn) -> Draft:
    """The answers, with what is on file as far as this very event tells it."""
    return replace(turn.draft, known=_words(turn.facts)) if turn.facts.on_file else turn.draft


def note_known(turn: Turn) -> None:
    """Remember what is on file of the account that was just proved."""
    turn.remember("known", _words(turn.facts))


def born_never(turn: Turn) -> bool:
    """Nobody who lives was born on that day."""
    return _refusal(turn) is not None


def _words(facts: Facts) -> str:
    return " ".join(name for name in ON_FILE if getattr(facts.on_file, name, False))


def _refusal(turn: Turn) -> checks.Refused | None:
    today = (datetime.fromtimestamp(turn.facts.at, UTC) + VIET_NAM).date()
    return checks.not_born_then(turn.draft.birth_date, today) if turn.facts.at else None


def _refuse_birth(turn: Turn) -> None:
    refusal = _refusal(turn)
    turn.say(refusal.key if refusal else f"again.{turn.state}")
    turn.remember("birth_date", "")


impossible = Do(_refuse_birth, ("error.date_future", "error.date_too_old"))
vietnamese = put("nationality", "")
