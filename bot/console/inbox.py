"""The inbox: who waits and how long, for what, what went wrong, and who has it; live.

The page is drawn here, and its rows again when something has stirred: they come with the stream.
What officers with the same filters see is read and drawn once for all of them. It decides nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from bot.console import names, session
from bot.console.frame import Route, Visit
from bot.console.live import ANYTHING, Stirred
from bot.console.rows import drawn
from bot.console.saved import MOST
from bot.console.search import searched
from storage.base import Counts, Listed, Picked
from storage.inbox import View

PAGE = 50
RECENT = 30 * 60  # seconds after its last line that a conversation counts as going on
SEARCH, PLACE = "search", "place"  # kinds of names
VIEWS: tuple[View, ...] = ("waiting", "mine", "attended", "all")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the inbox is looked at. q: the search, as it stands in addresses."""

    view: View
    flow: str
    channel: str
    search: str
    q: str
    after: str

    def query(self, **other: str) -> str:
        """The address of the same part with something changed."""
        fields = {
            "view": self.view,
            "flow": self.flow,
            "channel": self.channel,
            "q": self.q,
            "after": self.after,
        }
        return urlencode({name: value for name, value in (fields | other).items() if value})


class Read(NamedTuple):
    """What lies in the part that is asked for. read: up to which turn, by officer and chat."""

    rows: list[Listed]
    open: dict[str, int]
    read: dict[str, dict[str, int]]


async def _page(visit: Visit) -> Response:
    asked, place = _asked(visit), visit.parts.live.place
    wording = visit.parts.engine.desk.wording
    flows = {name: wording.title(name, visit.lang) for name in _flows(visit)}
    channels = ("telegram", "zalo", "web")
    rows = _rows(visit, asked, await _read(visit, asked))
    saved = await visit.parts.store.views(visit.who.name)
    told = {"flows": flows, "channels": channels, "saved": saved, "full": len(saved) >= MOST}
    told |= {"place": place}
    return visit.page("inbox.html", 200, **told, **rows)


async def _search(visit: Visit) -> Response:
    """Hide what was typed, and go there."""
    typed, fields = visit.typed("q", 80).strip(), ("view", "flow", "channel")
    query = {name: visit.typed(name, 40) for name in fields}
    if typed:
        query["q"] = names.hidden(visit.parts.key, typed, SEARCH)
    return visit.goto(f"/?{urlencode({name: value for name, value in query.items() if value})}")


def _rows(visit: Visit, asked: Asked, read: Read) -> dict[str, object]:
    """What changes of the page."""
    listed, mine = read.rows[:PAGE], read.read.get(visit.who.name, {})
    after = _after(visit, listed[-1]) if len(read.rows) > PAGE else ""
    return {
        "asked": asked,
        "views": VIEWS,
        "counts": _counts(visit, read),
        "rows": [drawn(visit, row, mine.get(row.conversation.chat)) for row in listed],
        "older": f"/?{asked.query(after=after)}" if after else "",
        "first": f"/?{asked.query(after='')}" if asked.after else "",
    }


def _counts(visit: Visit, read: Read) -> Counts:
    waiting = read.open.get("", 0)
    attended = sum(read.open.values()) - waiting
    return Counts(waiting, read.open.get(visit.who.name, 0), attended)


async def _read(visit: Visit, asked: Asked) -> Read:
    store = visit.parts.store
    open_, found = await asyncio.gather(store.open_by_officer(), _listed(visit, asked))
    chats = [row.conversation.chat for row in found]
    read: dict[str, dict[str, int]] = {}
    for look in await store.looks(chats) if chats else []:
        read.setdefault(look.name, {})[look.chat] = look.turn
    return Read(found, open_, read)


async def _listed(visit: Visit, asked: Asked) -> list[Listed]:
    parts = visit.parts
    picked = Picked(
        view=asked.view,
        officer=visit.who.name,
        since=parts.clock.now() - RECENT,
        flow=asked.flow,
        channel=asked.channel,
        limit=PAGE + 1,
    )
    if asked.search:
        found = searched(asked.search, parts.store.index)
        picked = msgspec.structs.replace(picked, view="found", marks=found.marks, ref=found.ref)
    if asked.after:
        picked = msgspec.structs.replace(picked, after=_place(visit, asked.after))
    return await parts.store.inbox(picked)


def _asked(visit: Visit) -> Asked:
    view = next((view for view in VIEWS if view == visit.asked("view")), VIEWS[0])
    return Asked(
        view=view,
        flow=visit.asked("flow", 40),
        channel=visit.asked("channel", 20),
        search=names.opened(visit.parts.key, visit.asked("q"), SEARCH),
        q=visit.asked("q"),
        after=visit.asked("after", 200),
    )


def _flows(visit: Visit) -> Sequence[str]:
    return sorted(visit.parts.engine.desk.flows)


def _after(visit: Visit, last: Listed) -> str:
    return names.hidden(visit.parts.key, f"{last.place!r} {last.conversation.chat}", PLACE)


def _place(visit: Visit, after: str) -> tuple[float, str]:
    """The last row before a page; the first page, if the address was made up."""
    place, _, chat = names.opened(visit.parts.key, after, PLACE).partition(" ")
    try:
        return float(place), chat
    except ValueError:
        return Picked("waiting").after


# --- live ------------------------------------------------------------------------------


async def _stream(visit: Visit) -> Response:
    return EventSourceResponse(_events(visit), headers={"X-Accel-Buffering": "no"})


async def _events(visit: Visit) -> AsyncIterator[ServerSentEvent | bytes]:
    """Tell when something stirred, or what it looks like now, and when the session is over."""
    only = names.opened(visit.parts.key, visit.asked("chat")) if visit.asked("chat") else ""
    asked = None if visit.asked("chat") else _asked(visit)
    yield ServerSentEvent(visit.parts.live.place, event="here", retry=1000)
    async for stirred in visit.parts.live.watch(visit.asked("place")):
        if not await _still(visit, stirred):
            yield ServerSentEvent("over", event="bye")
            return
        if _concerns(stirred, only):
            place = visit.parts.live.place
            yield await _drawn(visit, asked) if asked else ServerSentEvent(place, event="stir")


async def _drawn(visit: Visit, asked: Asked) -> bytes:
    """The rows as an event; whoever sees the same gets the same."""
    live = visit.parts.live
    whose = visit.who.name if asked.view == "mine" else ""
    read = await live.shared((asked, whose), partial(_read, visit, asked))
    mine = read.read.get(visit.who.name, {})
    marks = tuple(_mark(visit, row, mine) for row in read.rows)
    key = (asked, whose, visit.lang, _counts(visit, read), marks)

    async def draw() -> bytes:
        text = visit.text("inbox_rows.html", **_rows(visit, asked, read))
        return ServerSentEvent(text, event="rows").encode()

    return await live.shared(key, draw)


def _mark(visit: Visit, row: Listed, mine: Mapping[str, int]) -> tuple[bool, bool]:
    """What a row shows to this officer alone."""
    unread = row.conversation.turn > mine.get(row.conversation.chat, -1)
    return unread, row.request is not None and row.request.officer == visit.who.name


def _concerns(stirred: Stirred, only: str) -> bool:
    """A list cares for what was said anywhere; a conversation also for who looks at it."""
    if only:
        return stirred >= ANYTHING or any(chat == only for chat, _ in stirred)
    return any(not looked for _, looked in stirred)


async def _still(visit: Visit, stirred: Stirred) -> bool:
    """Whether they are signed in; asked once for all whom the same stir has reached."""
    parts, token = visit.parts, visit.request.cookies.get(session.COOKIE, "")
    now = parts.clock.now()
    if not stirred:
        return await session.of(parts.store, token, now) is not None
    here = await parts.live.shared("here", partial(session.everybody, parts.store, now))
    return visit.mark in here


ROUTES: Sequence[Route] = (
    Route("/", "look", _page, nav="inbox"),
    Route("/search", "look", _search, "POST"),
    Route("/live", "look", _stream, by_itself=True),
)
