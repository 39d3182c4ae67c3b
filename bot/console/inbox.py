"""The inbox: who waits and how long, for what, what went wrong, and who has it; live.

The page is drawn here and drawn again when something has stirred. What officers with the same
filters see is read once for all of them. It decides nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

import msgspec
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from bot.console import names, session
from bot.console.frame import Parts, Route, Visit
from bot.console.live import Stirred
from bot.console.rows import drawn
from bot.console.saved import MOST
from bot.console.search import searched
from storage.base import Counts, Listed, Picked
from storage.inbox import View

PAGE = 50
RECENT = 30 * 60  # seconds after its last line that a conversation counts as going on
SEARCH, PLACE = "search", "place"  # kinds of names
ROWS = "/inbox/rows"
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


async def _page(visit: Visit) -> Response:
    saved = await visit.parts.store.views(visit.who.name)
    return visit.page("inbox.html", saved=saved, full=len(saved) >= MOST, **await _shown(visit))


async def _rows(visit: Visit) -> Response:
    """The part of the page that changes."""
    return visit.page("inbox_rows.html", 200, **await _shown(visit))


async def _search(visit: Visit) -> Response:
    """Hide what was typed, and go there."""
    typed, fields = visit.typed("q", 80).strip(), ("view", "flow", "channel")
    query = {name: visit.typed(name, 40) for name in fields}
    if typed:
        query["q"] = names.hidden(visit.parts.key, typed, SEARCH)
    return visit.goto(f"/?{urlencode({name: value for name, value in query.items() if value})}")


async def _shown(visit: Visit) -> dict[str, object]:
    asked = _asked(visit)
    counts, found, read = await _looked(visit, asked)
    more = len(found) > PAGE
    listed = found[:PAGE]
    lines = [drawn(visit, row, read.get(row.conversation.chat)) for row in listed]
    after = _after(visit, listed[-1]) if more else ""
    wording = visit.parts.engine.desk.wording
    flows = {name: wording.title(name, visit.lang) for name in _flows(visit)}
    return {
        "asked": asked,
        "views": VIEWS,
        "counts": counts,
        "rows": lines,
        "older": f"/?{asked.query(after=after)}" if more else "",
        "first": f"/?{asked.query(after='')}" if asked.after else "",
        "flows": flows,
        "channels": ("telegram", "zalo", "web"),
        "refresh": f"/inbox/rows?{asked.query()}",
    }


async def _looked(visit: Visit, asked: Asked) -> tuple[Counts, list[Listed], dict[str, int]]:
    store, me = visit.parts.store, visit.who.name
    counts, found = await asyncio.gather(store.counts(me), _listed(visit, asked))
    chats = [row.conversation.chat for row in found]
    looks = await store.looks(chats) if chats else []
    return counts, found, {look.chat: look.turn for look in looks if look.name == me}


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
    if visit.request.url.path == ROWS:
        # Drawn anew for everybody at once: whoever looks at the same reads the same.
        key = (asked, visit.who.name if asked.view == "mine" else "")
        return await parts.live.shared(key, partial(parts.store.inbox, picked))
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


async def _events(visit: Visit) -> AsyncIterator[ServerSentEvent]:
    """Tell when something stirred, and when the session is over."""
    only = names.opened(visit.parts.key, visit.asked("chat")) if visit.asked("chat") else ""
    token = visit.request.cookies.get(session.COOKIE, "")
    yield ServerSentEvent(str(visit.parts.live.number), event="here", retry=1000)
    async for stirred in visit.parts.live.watch():
        if not await _still(visit.parts, token):
            yield ServerSentEvent("over", event="bye")
            return
        if _concerns(stirred, only):
            yield ServerSentEvent(str(visit.parts.live.number), event="stir")


def _concerns(stirred: Stirred, only: str) -> bool:
    """A list cares for what was said anywhere; a conversation also for who looks at it."""
    if only:
        return any(chat == only for chat, _ in stirred)
    return any(not looked for _, looked in stirred)


async def _still(parts: Parts, token: str) -> bool:
    return await session.of(parts.store, token, parts.clock.now()) is not None


ROUTES: Sequence[Route] = (
    Route("/", "look", _page, nav="inbox"),
    Route(ROWS, "look", _rows, by_itself=True),
    Route("/search", "look", _search, "POST"),
    Route("/live", "look", _stream, by_itself=True),
)
