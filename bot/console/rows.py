"""One conversation as a line of the inbox: where it stands, how it goes, who has it.

No personal datum: the answers so far and what was said are on the conversation's own page.
"""

from dataclasses import dataclass
from functools import lru_cache

from bot import memory
from bot.channels.base import Incoming
from bot.console import names, waiting
from bot.console.frame import TEMPLATES, Parts, Visit
from bot.console.words import words
from bot.desk import Desk
from flows.model import OTHER, Event, Talk
from storage.base import Conversation, Listed

STUCK = 2  # misses in a row, or codes typed, from which a step counts as failing
FRESH = 15.0  # seconds; how exactly the minutes of waiting are told
TOUCHY = frozenset({"lost_phone", "freeze_account", "change_phone"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What the line says. risks: keys of texts/inbox.toml under `risk`."""

    href: str
    channel: str
    flow: str
    state: str
    wait: waiting.Wait
    spoken: tuple[int, int]
    since: float
    waits: bool
    officer: str
    mine: bool
    misses: int
    tries: int
    stuck: bool
    risks: tuple[str, ...]
    unread: bool
    number: int


def drawn(visit: Visit, row: Listed, read: int | None) -> str:
    """The line of one conversation. read: the turn up to which this officer has read it."""
    now = visit.parts.clock.now() // FRESH * FRESH
    unread = read is None or row.conversation.turn > read
    mine = row.request is not None and row.request.officer == visit.who.name
    return _drawn(visit.parts, row, now, visit.lang, unread=unread, mine=mine)


@lru_cache(maxsize=4096)
def _drawn(parts: Parts, row: Listed, now: float, lang: str, *, unread: bool, mine: bool) -> str:
    """The same line for everybody to whom it says the same, drawn once."""
    line = _entry(parts, row, now, lang, unread=unread, mine=mine)
    return TEMPLATES.get_template("inbox_row.html").render(row=line, t=words(lang))


def _entry(parts: Parts, row: Listed, now: float, lang: str, *, unread: bool, mine: bool) -> Entry:
    desk, talk, request = parts.engine.desk, row.conversation, row.request
    mind = recalled(desk, talk)
    flow, state = place_of(row)
    since = request.at if request else talk.said_at
    wait = waiting.waited(since, now, desk.office, parts.settings.console)
    return Entry(
        href=f"/conversation/{names.hidden(parts.key, talk.chat)}",
        channel=talk.chat.partition(":")[0],
        flow=desk.wording.title(flow, lang) if flow in desk.flows else "",
        state=state,
        wait=wait,
        spoken=waiting.spoken(wait.minutes),
        since=since,
        waits=request is not None and not request.officer,
        officer=request.officer if request else "",
        mine=mine,
        misses=mind.misses,
        tries=row.tries,
        stuck=max(mind.misses, row.tries) >= STUCK,
        risks=_risks(row, flow),
        unread=unread,
        number=request.number if request else 0,
    )


def recalled(desk: Desk, row: Conversation) -> Talk:
    """What the bot knows of a chat."""
    return memory.recall(desk, Incoming(row.chat, "", Event(OTHER)), row)


def place_of(row: Listed) -> tuple[str, str]:
    """Procedure and step: those that run, or those at which a person was asked for."""
    talk, request = row.conversation, row.request
    if talk.flow or request is None:
        return talk.flow, talk.state
    return request.flow, request.state


def _risks(row: Listed, flow: str) -> tuple[str, ...]:
    marks = (
        ("standing", row.standing not in ("", "active")),
        ("changing", row.changing),
        ("touchy", flow in TOUCHY),
    )
    return tuple(name for name, holds in marks if holds)
