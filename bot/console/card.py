"""What an officer sees of one conversation: the hand-over card and the words, masked.

What a procedure said is shown as its question with the holes left open, since the text that the
citizen read may hold their data.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot import shown
from bot.console import rows, waiting
from bot.console.frame import Visit
from bot.console.rows import recalled
from bot.desk import Desk
from flows.attending import holder_of, left_for_person
from flows.model import PHOTO, Talk
from flows.table import Draft
from storage.base import Conversation, HandOverRequest, Line

OPEN_HOLE = "…"
PHOTO_LINE = f"[{PHOTO}]"  # how the transcript holds a photo that was sent to an officer


@dataclass(frozen=True, slots=True)
class Word:
    """One thing said. who: citizen, bot, officer, or note (of `by`, for colleagues alone).

    asked: a question, not the text itself. photo: the turn in which one was sent to an officer.
    """

    at: float
    who: str
    text: str
    asked: bool = False
    by: str = ""
    photo: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """All there is to know before the first word to the citizen."""

    channel: str
    lang: str
    turn: int
    number: int
    goal: str
    flow: str
    known: bool
    step: str
    reason: str
    asked_at: float
    wait: waiting.Wait
    spoken: tuple[int, int]
    waits: bool
    officer: str
    taken_at: float
    mine: bool
    proved: bool
    misses: int
    plain: bool
    risky: bool
    answers: Sequence[tuple[str, str]]
    words: Sequence[Word]


def card(
    visit: Visit, row: Conversation, request: HandOverRequest | None, lines: Sequence[Line]
) -> Card:
    """Put it together."""
    desk, now = visit.parts.engine.desk, visit.parts.clock.now()
    talk = recalled(desk, row)
    flow, state, draft = _where(desk, talk)
    since = request.at if request else row.said_at
    wait = waiting.waited(since, now, desk.office, visit.parts.settings.console)
    officer = holder_of(talk)
    return Card(
        channel=row.chat.partition(":")[0],
        lang=talk.lang,
        turn=row.turn,
        number=request.number if request else 0,
        flow=flow,
        known=bool(number_of(desk, row)),
        goal=desk.wording.title(flow, visit.lang) if flow else "",
        step=state,
        reason=request.reason if request else "",
        asked_at=since,
        wait=wait,
        spoken=waiting.spoken(wait.minutes),
        waits=request is not None and not officer,
        officer=officer,
        taken_at=(request.taken_at or 0.0) if request else 0.0,
        mine=officer == visit.who.name,
        proved=talk.proof is not None,
        misses=talk.misses,
        plain=talk.plain,
        risky=flow in rows.TOUCHY,
        answers=[*shown.answers(desk, flow, draft)],
        words=[*_words(desk, lines, talk, visit.lang)],
    )


def number_of(desk: Desk, row: Conversation) -> str:
    """The number by which the account was named that this is about; "" where none was."""
    talk = recalled(desk, row)
    proved = talk.proof.account if talk.proof else ""
    named: str = getattr(_where(desk, talk)[2], "account", "")
    return named or proved


def _where(desk: Desk, talk: Talk) -> tuple[str, str, Draft]:
    left = left_for_person(talk, desk.flows)
    found = left or talk
    return found.flow, found.state, found.draft


def _words(desk: Desk, lines: Sequence[Line], talk: Talk, lang: str) -> Iterator[Word]:
    then = [line.place for line in lines[1:]] + [f"{talk.flow}/{talk.state}"]
    for line, after in zip(lines, then, strict=True):
        if heard := shown.heard(desk, line):
            yield Word(line.at, "citizen", heard, photo=line.turn if heard == PHOTO_LINE else 0)
        if note := shown.note(line):
            yield Word(line.at, "note", note[1], by=note[0])
        staff = line.heard.startswith(shown.STAFF)
        if said := shown.said(desk, line):
            yield Word(line.at, "officer" if staff else "bot", said)
        elif line.said:
            yield Word(line.at, "bot", _question(desk, after, lang), asked=True)


def _question(desk: Desk, where: str, lang: str) -> str:
    """The question of a state, its holes left open; "" where there is none."""
    flow, _, state = where.partition("/")
    try:
        return desk.wording.text(flow, lang, f"step.{state}", _Open())
    except KeyError:
        return ""


class _Open(dict[str, str]):
    """Fills nothing in."""

    def __missing__(self, key: str) -> str:
        return OPEN_HOLE
