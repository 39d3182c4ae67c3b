"""One's own account: who one is here, and signing out, here or everywhere."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.console import session
from bot.console.frame import Route, Visit
from storage.base import Act


async def _show(visit: Visit) -> Response:
    return visit.page("account.html")


async def _sign_out(visit: Visit) -> Response:
    async with visit.parts.store.unit(now=visit.parts.clock.now()) as unit:
        await unit.end_session(visit.mark)
    return _out(visit)


async def _everywhere(visit: Visit) -> Response:
    now = visit.parts.clock.now()
    async with visit.parts.store.unit(now=now) as unit:
        await unit.end_sessions([visit.who.name])
        await unit.add_acts([Act(now, "staff.signed_out_everywhere", visit.who.name)])
    return _out(visit)


def _out(visit: Visit) -> Response:
    answer = visit.goto("/sign-in")
    answer.delete_cookie(session.COOKIE, secure=True, httponly=True, samesite="strict")
    return answer


ROUTES: Sequence[Route] = (
    Route("/account", "self", _show),
    Route("/sign-out", "self", _sign_out, "POST"),
    Route("/sign-out-everywhere", "self", _everywhere, "POST"),
)
