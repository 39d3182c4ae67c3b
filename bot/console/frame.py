"""What every page of the console stands in: the visit, its templates, and how a route is declared.

A page is a function of a `Visit` and declares the right it needs where it declares its path; that
it is asked for by somebody who has it is checked before it runs (`guard.py`). A page moves a
conversation or a request only by a `staff:` event through `Parts.engine.batches`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.app import Engine
from bot.clock import Clock
from bot.console import roles
from bot.console.live import Live
from bot.console.roles import Right
from bot.console.session import Officer
from bot.console.words import shown, words
from bot.desk import UTC_PLUS
from bot.settings import Settings
from storage.base import Store

LARGEST_FORM = 64 * 1024


@dataclass(frozen=True, eq=False)
class Parts:
    """What the console is made of. key: for marks of forms and names of conversations."""

    engine: Engine
    key: bytes = field(repr=False)
    live: Live

    @property
    def store(self) -> Store:
        return self.engine.store

    @property
    def clock(self) -> Clock:
        return self.engine.turns.clock

    @property
    def settings(self) -> Settings:
        return self.engine.desk.settings


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one person. form: what was posted; csrf: the mark of this session's forms."""

    parts: Parts
    request: Request
    lang: str
    theme: str
    officer: Officer | None = None
    csrf: str = ""
    mark: bytes = b""
    form: FormData = field(default_factory=FormData)

    @property
    def who(self) -> Officer:
        """Whoever is signed in; a page that needs a right beyond `anyone` always has one."""
        if self.officer is None:
            raise LookupError("this page is declared for anyone")
        return self.officer

    @property
    def t(self) -> Mapping[str, Any]:
        """The texts in the language of this visit."""
        return words(self.lang)

    def typed(self, name: str, longest: int = 4000) -> str:
        """One field of the form, cut; "" when it is missing or a file."""
        value = self.form.get(name, "")
        return value[:longest] if isinstance(value, str) else ""

    def asked(self, name: str, longest: int = 400) -> str:
        """One value of the address's query, cut."""
        return self.request.query_params.get(name, "")[:longest]

    def may(self, right: Right) -> bool:
        """Whether whoever is signed in has this right."""
        return self.officer is not None and roles.may(self.officer.role, right)

    def page(self, template: str, status: int = 200, /, **values: object) -> Response:
        """A page or a piece of one, from a file of `templates/`."""
        return HTMLResponse(self.text(template, **values), status)

    def text(self, template: str, /, **values: object) -> str:
        told = {"v": self, "t": self.t, "nav": NAVIGATION, "here": self.request.url.path}
        return TEMPLATES.get_template(template).render(told | values)

    def goto(self, path: str) -> Response:
        """Go on at another page of ours, after something was posted."""
        if "hx-request" in self.request.headers:
            return Response(status_code=204, headers={"HX-Redirect": path})
        return RedirectResponse(path, 303)


Page = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """One path and method, the right it needs, and the page.

    nav: its key in texts/frame.toml under `nav`, if it belongs into the navigation.
    by_itself: the browser asks without anybody at it, so that no session is kept alive by it.
    """

    path: str
    right: Right
    page: Page
    method: Literal["GET", "POST"] = "GET"
    nav: str = ""
    by_itself: bool = False
    largest: int = LARGEST_FORM


NAVIGATION: list[Route] = []  # filled by app.py from all pages, once


def moment(at: float) -> str:
    """A moment by the clocks of Viet Nam."""
    return f"{datetime.fromtimestamp(at + UTC_PLUS, UTC):%d/%m/%Y %H:%M}"


def clock(at: float) -> str:
    """The time of day in Viet Nam."""
    return f"{datetime.fromtimestamp(at + UTC_PLUS, UTC):%H:%M}"


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters |= {"shown": shown, "moment": moment, "clock": clock, "path": quote}
