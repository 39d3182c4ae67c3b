"""Language and theme: kept in the browser, changed without signing in, and no secret."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.console.frame import Route, Visit
from bot.console.guard import LOOK, THEMES
from bot.console.words import LANGS

YEAR = 365 * 86_400


def inside(path: str, otherwise: str = "/") -> str:
    """A path of ours to go back to; never another site's."""
    fine = path.startswith("/") and not path.startswith("//") and path.isprintable()
    return path if fine and "\\" not in path else otherwise


async def _choose(visit: Visit) -> Response:
    lang, theme = visit.typed("lang") or visit.lang, visit.typed("theme") or visit.theme
    answer = visit.goto(inside(visit.typed("back")))
    if lang in LANGS and theme in THEMES:
        answer.set_cookie(
            LOOK, f"{lang}.{theme}", YEAR, secure=True, httponly=True, samesite="strict"
        )
    return answer


ROUTES: Sequence[Route] = (Route("/look", "anyone", _choose, "POST"),)
