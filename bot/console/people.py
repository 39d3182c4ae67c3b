"""Who works here: invited, reset, given another role or disabled; never by themselves.

A one-time secret to enrol with is shown on one answer and stored nowhere.
"""

import os
import re
from collections.abc import Sequence

from starlette.responses import Response

from bot import staff
from bot.console.frame import Route, Visit
from bot.console.roles import ROLES
from bot.staff import Peer, Refused
from flows.dossier import CITIZEN

NAME = re.compile(r"[a-z][a-z0-9._-]{0,31}", re.ASCII)


async def _show(visit: Visit) -> Response:
    return await _page(visit)


async def _invite(visit: Visit) -> Response:
    name, role = visit.typed("name", 40).strip(), visit.typed("role", 20)
    if not NAME.fullmatch(name) or name == CITIZEN or role not in ROLES:
        return await _page(visit, 422, error=visit.t["people"]["refused"]["name"], typed=name)
    now, by = visit.parts.clock.now(), Peer(visit.who.name)
    try:
        token = await staff.invite(visit.parts.store, name, role, now, os.urandom, by)
    except Refused as error:
        return await _refused(visit, error, typed=name)
    return _secret(visit, name, token)


async def _reset(visit: Visit) -> Response:
    name, now, by = visit.typed("name", 40), visit.parts.clock.now(), Peer(visit.who.name)
    try:
        token = await staff.reset(visit.parts.store, name, now, os.urandom, by)
    except Refused as error:
        return await _refused(visit, error)
    return _secret(visit, name, token)


async def _role(visit: Visit) -> Response:
    name, role = visit.typed("name", 40), visit.typed("role", 20)
    if role not in ROLES:
        return await _page(visit, 422, error=visit.t["people"]["refused"]["name"])
    now, by = visit.parts.clock.now(), Peer(visit.who.name)
    try:
        await staff.change_role(visit.parts.store, name, role, now, by)
    except Refused as error:
        return await _refused(visit, error)
    return visit.goto("/staff")


async def _disable(visit: Visit) -> Response:
    now, by = visit.parts.clock.now(), Peer(visit.who.name)
    try:
        await staff.disable(visit.parts.store, visit.typed("name", 40), now, by)
    except Refused as error:
        return await _refused(visit, error)
    return visit.goto("/staff")


def _secret(visit: Visit, name: str, token: str) -> Response:
    address = visit.parts.settings.console.public_url or ""
    return visit.page("people_secret.html", 200, name=name, link=f"{address}/enrol/{token}")


async def _refused(visit: Visit, error: Refused, typed: str = "") -> Response:
    return await _page(visit, 409, error=visit.t["people"]["refused"][error.why], typed=typed)


async def _page(visit: Visit, status: int = 200, *, error: str = "", typed: str = "") -> Response:
    rows = await visit.parts.store.all_staff()
    named = visit.parts.settings.dossiers.officers
    known = {row.name for row in rows}
    terminal = [name for name in named if name not in known]
    told = {"error": error, "typed": typed, "roles": ROLES, "terminal": terminal}
    return visit.page("people.html", status, rows=rows, **told)


ROUTES: Sequence[Route] = (
    Route("/staff", "staff", _show, nav="staff"),
    Route("/staff", "staff", _invite, "POST"),
    Route("/staff/reset", "staff", _reset, "POST"),
    Route("/staff/role", "staff", _role, "POST"),
    Route("/staff/disable", "staff", _disable, "POST"),
)
