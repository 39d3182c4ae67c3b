"""Enrolling: whoever holds the one-time secret chooses a password and scans the secret of codes.

Opening the page changes nothing; the secret of codes follows from the one-time secret, so it is
the same each time and stored only once a code of it was typed rightly. An address that was used,
has lapsed or never was looks the same.
"""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace
from starlette.responses import Response

from bot import passwords
from bot.console import totp
from bot.console.frame import Route, Visit
from bot.staff import ACTIVE, INVITED
from bot.web import rules
from storage.base import Act, Staff


async def _form(visit: Visit) -> Response:
    row = await _invited(visit)
    return _shown(visit, row) if row else visit.page("enrol_gone.html", 410)


async def _post(visit: Visit) -> Response:
    row = await _invited(visit)
    if row is None:
        return visit.page("enrol_gone.html", 410)
    first, second = visit.typed("first"), visit.typed("second")
    if error := await asyncio.to_thread(rules.refusal, first, second):
        return _shown(visit, row, error)
    now = visit.parts.clock.now()
    step = totp.step_of(_secret(visit), visit.typed("code", 16), now, row.step)
    if not step:
        return _shown(visit, row, "code")
    kept = await asyncio.to_thread(rules.hashed, first)
    if not await _enrolled(visit, row, kept, step):
        return visit.page("enrol_gone.html", 410)
    return visit.page("enrolled.html", name=row.name)


async def _enrolled(visit: Visit, row: Staff, kept: str, step: int) -> bool:
    """Whether this was the first to use the secret."""
    now = visit.parts.clock.now()
    async with visit.parts.store.unit(now=now) as unit:
        still = (await unit.staff([row.name])).get(row.name)
        if still != row:
            return False
        enrolled = replace(
            row,
            state=ACTIVE,
            changed_at=now,
            password_hash=kept,
            totp=_secret(visit),
            step=step,
            invite=b"",
            invite_until=0.0,
        )
        await unit.save_staff([enrolled])
        await unit.end_sessions([row.name])
        await unit.add_acts([Act(now, "staff.enrolled", row.name, detail=row.role)])
    return True


async def _invited(visit: Visit) -> Staff | None:
    mark = passwords.token_hash(visit.request.path_params["token"])
    row = await visit.parts.store.invited(mark)
    fresh = row and row.state == INVITED and visit.parts.clock.now() < row.invite_until
    return row if fresh else None


def _secret(visit: Visit) -> bytes:
    return totp.secret_for(visit.parts.key, visit.request.path_params["token"])


def _shown(visit: Visit, row: Staff, error: str = "") -> Response:
    secret, texts = _secret(visit), visit.t["enrol"]
    typed = totp.spoken(secret)
    return visit.page(
        "enrol.html",
        422 if error else 200,
        name=row.name,
        role=visit.t["frame"]["role"][row.role],
        error=texts["error"][error] if error else "",
        # Drawn here from our own letters and digits; the template takes it as it is.
        picture=totp.picture(secret, row.name, texts["issuer"]),
        typed=" ".join(typed[at : at + 4] for at in range(0, len(typed), 4)),
        here=visit.request.url.path,
    )


ROUTES: Sequence[Route] = (
    Route("/enrol/{token}", "anyone", _form),
    Route("/enrol/{token}", "anyone", _post, "POST"),
)
