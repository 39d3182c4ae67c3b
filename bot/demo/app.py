"""The demo's web side: one page, its live stream, and what the page posts.

These routes translate and nothing more; whoever serves them binds to this machine only.
"""

import math
import re
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.intake import Intake
from bot.demo.channel import NoSuchCitizen, Said, Sent, SessionName, WebChat
from bot.demo.citizens import Citizen
from bot.demo.guard import Guard
from bot.demo.office import Phone
from bot.demo.post import Posts
from bot.photos import LIMITS

_HERE = Path(__file__).parent
_LARGEST_POST = 32 * 1024
# One byte more than a photo may have: the bot itself says what is wrong with it.
_LARGEST_PHOTO = LIMITS.length + 1
_LENGTH = re.compile(r"\d{1,9}", re.ASCII)
_RETRY_MS = 500  # how soon a page that lost us tries again


class Officers(NamedTuple):
    """Where the console is, and what its sample officers sign in with now."""

    console: str
    phones: Callable[[], Awaitable[Sequence[Phone]]]


def demo_routes(
    intake: Intake,
    posts: Posts,
    citizens: Sequence[Citizen],
    reset: Callable[[], Awaitable[None]],
    officers: Officers | None = None,
) -> list[BaseRoute]:
    """The page at "/" and everything it needs under "/demo"."""
    demo = _Demo(WebChat(intake, posts, citizens), posts, citizens, reset, officers)
    below = [
        Route("/stream", demo.stream),
        Route("/say", demo.say, methods=["POST"]),
        Route("/photo", demo.photo, methods=["POST"]),
        Route("/paper/{ref}", demo.paper),
        Route("/reset", demo.reset, methods=["POST"]),
        Route("/officers", demo.phones),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]
    return [
        Route("/", demo.page, middleware=[Middleware(Guard)]),
        # An application of its own, so that its errors pass the guard too.
        Mount("/demo", Guard(Starlette(routes=below))),
    ]


class _Watch(msgspec.Struct, frozen=True):
    """The query of a stream."""

    session: SessionName
    citizen: int


@dataclass(frozen=True, slots=True)
class _Demo:
    """The endpoints."""

    channel: WebChat
    posts: Posts
    citizens: Sequence[Citizen]
    wipe: Callable[[], Awaitable[None]]
    officers: Officers | None

    async def page(self, request: Request) -> Response:
        """The page in the language asked for, Vietnamese unless English is asked for."""
        lang = "en" if request.query_params.get("lang") == "en" else "vi"
        told = {"lang": lang, "citizens": self.citizens, "largest_photo": _LARGEST_PHOTO}
        told |= {"console": self.officers.console if self.officers else ""}
        return HTMLResponse(_TEMPLATE.render(told, t=_TEXTS[lang]))

    async def stream(self, request: Request) -> Response:
        """Server-sent events: all that lies there, then what comes."""
        try:
            watch = msgspec.convert(dict(request.query_params), _Watch, strict=False)
            topics = self.channel.topics(watch.session, watch.citizen)
        except (msgspec.ValidationError, NoSuchCitizen):
            return PlainTextResponse("no such chat", 400)
        return EventSourceResponse(self._events(topics))

    async def say(self, request: Request) -> Response:
        """One message of the visitor; 204 only after it has been written down."""
        if _length(request) > _LARGEST_POST:
            return PlainTextResponse("too long", 413)
        try:
            await self.channel.take(msgspec.json.decode(await request.body(), type=Said))
        except (msgspec.DecodeError, NoSuchCitizen):
            return PlainTextResponse("not a message of this page", 400)
        return Response(status_code=204)

    async def photo(self, request: Request) -> Response:
        """One photo of the visitor, as it is; who sends it stands in the address."""
        if _length(request) > _LARGEST_PHOTO:
            return PlainTextResponse("too large", 413)
        try:
            sent = msgspec.convert(dict(request.query_params), Sent, strict=False)
            await self.channel.take_photo(sent, await request.body())
        except (msgspec.ValidationError, NoSuchCitizen):
            return PlainTextResponse("not a photo of this page", 400)
        return Response(status_code=204)

    async def paper(self, request: Request) -> Response:
        """A PDF that the bot sent into this session."""
        session = request.query_params.get("session", "")
        paper = self.posts.chat.papers.find(session, request.path_params["ref"])
        if paper is None:
            return PlainTextResponse("no such paper", 404)
        headers = {"Content-Disposition": f'inline; filename="{paper.name}"'}
        return Response(paper.pdf, media_type="application/pdf", headers=headers)

    async def phones(self, _: Request) -> Response:
        """The officers' names, passwords and present codes; the guard lets nobody else ask."""
        shown = await self.officers.phones() if self.officers else []
        return Response(msgspec.json.encode(shown), media_type="application/json")

    async def reset(self, _: Request) -> Response:
        """Bring the sample citizens back and forget every chat and inbox."""
        await self.wipe()
        self.posts.clear()
        return Response(status_code=204)

    async def _events(self, topics: set[str]) -> AsyncIterator[ServerSentEvent]:
        async for entry in self.posts.board.follow(topics):
            yield ServerSentEvent(msgspec.json.encode(entry).decode(), retry=_RETRY_MS)


def _length(request: Request) -> float:
    """How long the body says it is; one that does not say is longer than anything."""
    said = request.headers.get("content-length", "")
    return int(said) if _LENGTH.fullmatch(said) else math.inf


_TEMPLATE = Environment(
    loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
).get_template("page.html")
_TEXTS = tomllib.loads((_HERE / "texts.toml").read_text(encoding="utf-8"))
