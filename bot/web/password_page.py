"""The one-time page on which a citizen chooses a new password, or types the present one.

Security rule R23 and C04.

Its address holds the only right to use it. A page that was used, has lapsed or never was
looks and takes the same. The password goes from the form to argon2 and nowhere else: not
to the store, the logs or back to the browser. No script runs here.
"""

import asyncio
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot import passwords
from bot.app import Engine
from bot.channels.base import Incoming
from bot.credentials import CHOOSE, PAPER, SIGN_IN
from bot.web import rules
from bot.web.open_page import LANGS, open_page
from bot.web.paper import paper
from bot.web.sign_in import attempt
from flows.model import Event, web
from storage.base import Page, StorageError

# Per page, in one process. Of passwords that are tried the turn compares far fewer; the others are
# refused there, so that each leaves a record, up to a number that fills no disk.
MOST_POSTS = {CHOOSE: 10, SIGN_IN: 50}
_STATUS = {"held": 429, "gone": 410}  # 429: too often; a new link mends nothing
_LENGTH = re.compile(r"\d{1,5}", re.ASCII)  # of a form: below 100 kB
_HERE = Path(__file__).parent


def password_routes(engine: Engine) -> list[BaseRoute]:
    page = _PasswordPage(engine)
    return [
        # Beside the page, so that it is found under whatever path the proxy hangs us.
        Route("/p/page.css", _style),
        Route("/p/{token}", page.answer, methods=["GET", "POST"]),
    ]


class Typed(NamedTuple):
    """The two fields of the form."""

    first: str
    second: str

    def __repr__(self) -> str:
        return "Typed(...)"


@dataclass(frozen=True, slots=True)
class View:
    """How the page is shown. shown: the letters can be read while they are typed.

    form: what the page is for.
    """

    lang: str
    shown: bool
    form: str = CHOOSE


class _PasswordPage:
    """All one-time pages of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._posts = _Posts()
        number = engine.desk.settings.help.hotline
        self._hotline = {"shown": number, "dialled": re.sub(r"\D", "", number)}

    async def answer(self, request: Request) -> Response:
        view = _view(request)
        if request.method == "POST" and not self._from_here(request.headers):
            return self._tell("elsewhere", view, 403)
        try:
            return await self._answer(request, view)
        except (StorageError, ConnectionAbortedError):  # nothing was changed
            return self._tell("busy", view, 503)

    async def _answer(self, request: Request, view: View) -> Response:
        typed = await _typed(request) if request.method == "POST" else None
        token = passwords.token_hash(request.path_params["token"])
        page, lang, gone = await open_page(self._engine, token)
        view = view if "lang" in request.query_params else replace(view, lang=lang or view.lang)
        if page is None:
            return self._tell(gone, view, 410)
        if page.purpose.startswith(PAPER):
            return await paper(self._engine, page, view.lang)
        view = replace(view, form=page.purpose)
        if typed is None:
            return self._form(view)
        if not self._posts.granted(page, self._now()):
            return self._tell("held" if page.purpose == SIGN_IN else "worn", view, 429)
        if page.purpose == SIGN_IN:
            return await self._sign_in(page, typed, view)
        return await self._choose(page, typed, view)

    async def _sign_in(self, page: Page, typed: Typed, view: View) -> Response:
        if not typed.first or len(typed.first) > rules.LONGEST:
            return self._form(view, "empty" if not typed.first else "long", 422)
        became = await attempt(self._engine, page, typed.first)
        if became == "wrong":
            return self._form(view, "wrong", 422)
        return self._tell(became, view, _STATUS.get(became, 200))

    async def _choose(self, page: Page, typed: Typed, view: View) -> Response:
        if error := await asyncio.to_thread(rules.refusal, *typed):
            return self._form(view, error, 422)
        kept = await asyncio.to_thread(rules.hashed, typed.first)
        name = page.token_hash.hex()
        chosen = Incoming(
            chat=page.chat,
            key=f"page:{name}:{self._engine.desk.random(8).hex()}",
            event=Event(web("chosen"), kept),
            page=name,
        )
        if await self._engine.batches.ask(chosen):
            return self._tell("done", view)
        return self._tell("gone", view, 410)

    def _from_here(self, headers: Headers) -> bool:
        """Whether our own form was posted, as far as the browser tells.

        It adds to what the token proves already. Where referrers are withheld, as here,
        browsers call the origin of a form "null".
        """
        if site := headers.get("sec-fetch-site"):
            return site in {"same-origin", "none"}
        public = urlsplit(self._engine.desk.settings.http.public_url).netloc
        origin = headers.get("origin", "null")
        return origin == "null" or urlsplit(origin).netloc in {public, headers.get("host", "")}

    def _form(self, view: View, error: str = "", status: int = 200) -> Response:
        return self._render("form", view, error, status)

    def _tell(self, what: str, view: View, status: int = 200) -> Response:
        return self._render(what, view, "", status)

    def _render(self, what: str, view: View, error: str, status: int) -> Response:
        told = {"what": what, "view": view, "error": error, "hotline": self._hotline}
        return HTMLResponse(_TEMPLATE.render(told, t=_TEXTS[view.lang]), status)

    def _now(self) -> float:
        return self._engine.turns.clock.now()


class _Posts:
    """How often each open page was posted to; in memory, for a page lives minutes."""

    def __init__(self) -> None:
        self._of: dict[bytes, tuple[int, float]] = {}

    def granted(self, page: Page, now: float) -> bool:
        """Count one more, unless there were too many."""
        self._of = {name: seen for name, seen in self._of.items() if now < seen[1]}
        n, _ = self._of.get(page.token_hash, (0, 0.0))
        self._of[page.token_hash] = (n + 1, page.expires_at)
        return n < MOST_POSTS[page.purpose]


def _view(request: Request) -> View:
    query = request.query_params
    lang = query.get("lang", "")
    return View(lang if lang in LANGS else LANGS[0], shown=query.get("show") == "1")


async def _typed(request: Request) -> Typed:
    if not _LENGTH.fullmatch(request.headers.get("content-length", "")):
        raise HTTPException(413)
    try:
        form = await request.form(max_files=0, max_fields=4)
    except ClientDisconnect:
        raise HTTPException(400) from None
    return Typed(str(form.get("first", "")), str(form.get("second", "")))


async def _style(_: Request) -> Response:
    return Response(_STYLE, media_type="text/css")


_TEMPLATE = Environment(
    loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
).get_template("page.html")
_TEXTS = tomllib.loads((_HERE / "texts.toml").read_text(encoding="utf-8"))
_STYLE = (_HERE / "page.css").read_text(encoding="utf-8")
