"""Before any page runs: who asks, whether they may, and whether the form came from our own page.

Refuses everything that no route declares, and tells strangers nothing but where to sign in.
"""

import hmac
import math
import re
from dataclasses import dataclass, replace
from urllib.parse import quote

import structlog
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from bot.console import session
from bot.console.frame import Parts, Route, Visit
from bot.console.words import LANGS
from storage.base import StorageError

log = structlog.get_logger(__name__)

LOOK = "__Host-look"  # language and theme; no secret
THEMES = ("auto", "light", "dark")
_LENGTH = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Guarded:
    """One route of one console, behind its guard."""

    parts: Parts
    route: Route

    async def __call__(self, request: Request) -> Response:
        visit = stranger(self.parts, request)
        try:
            return await self._answer(visit)
        except StorageError:  # nothing was changed
            return problem(visit, 503)
        except ClientDisconnect:
            return Response(status_code=400)

    async def _answer(self, visit: Visit) -> Response:
        posted = self.route.method == "POST"
        if posted and not came_from_here(visit):
            return problem(visit, 403)
        visit = await self._known(visit)
        if self.route.right != "anyone":
            if visit.officer is None:
                return _sign_in_first(visit, posted=posted)
            if not visit.may(self.route.right):
                log.warning("refused at the console", who=visit.who.name, path=self.route.path)
                return problem(visit, 403)
        if posted:
            if _length(visit.request) > self.route.largest:
                return problem(visit, 413)
            visit = replace(visit, form=await _form(visit.request))
            if self.route.right != "anyone" and not _marked(visit):
                return problem(visit, 403)
        return await self.route.page(visit)

    async def _known(self, visit: Visit) -> Visit:
        """The visit of whoever is signed in."""
        token, now = visit.request.cookies.get(session.COOKIE, ""), self.parts.clock.now()
        here = await session.of(self.parts.store, token, now)
        if here is None:
            return visit
        if not self.route.by_itself:
            await session.renew(self.parts.store, here.session, now)
        csrf = session.form_mark(self.parts.key, token)
        return replace(visit, officer=here.officer, csrf=csrf, mark=here.session.mark)


def problem(visit: Visit, status: int) -> Response:
    """A page that says what is wrong and what to do; nothing was changed."""
    return visit.page("problem.html", status, says=visit.t["frame"]["problem"][str(status)])


def came_from_here(visit: Visit) -> bool:
    """Whether a post came from a page of this console, as far as the browser says (R53)."""
    headers = visit.request.headers
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    # Our pages send no referrer, for which browsers call the origin of a form "null".
    if origin in (None, "null"):
        return site is not None
    return origin == (visit.parts.settings.console.public_url or _asked(visit.request))


def _asked(request: Request) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def stranger(parts: Parts, request: Request) -> Visit:
    lang, _, theme = request.cookies.get(LOOK, "").partition(".")
    lang = lang if lang in LANGS else "vi"
    return Visit(parts, request, lang, theme if theme in THEMES else "auto")


def _sign_in_first(visit: Visit, *, posted: bool) -> Response:
    url = visit.request.url
    back = "" if posted else f"?next={quote(url.path + ('?' + url.query if url.query else ''))}"
    if "text/event-stream" in visit.request.headers.get("accept", ""):
        return Response(status_code=401)  # console.js leads to the sign-in
    if "hx-request" in visit.request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse(f"/sign-in{back}", 303)


def _marked(visit: Visit) -> bool:
    sent = visit.typed("csrf", 64) or visit.request.headers.get("x-csrf", "")
    return hmac.compare_digest(sent.encode(), visit.csrf.encode())


async def _form(request: Request) -> FormData:
    return await request.form(max_files=4, max_fields=60)


def _length(request: Request) -> float:
    """How long the body says it is; one that does not say is longer than anything."""
    said = request.headers.get("content-length", "")
    return int(said) if _LENGTH.fullmatch(said) else math.inf
