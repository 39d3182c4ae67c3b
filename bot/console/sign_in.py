"""Signing in: name, password and one-time code on one form, one answer for all that is wrong.

Each try is counted before anything is compared, for the name that was typed (whether somebody has
it or not) and for everybody together. Nobody takes as long as somebody, and the code of a time
step is taken once, whichever process is asked (R51, R59).
"""

import asyncio
from collections.abc import Sequence
from functools import cache

from msgspec.structs import replace
from starlette.responses import Response

from bot.console import session, totp
from bot.console.frame import NAVIGATION, Parts, Route, Visit, clock
from bot.console.look import inside
from bot.console.roles import may
from bot.limits import Budget, Tallies, latest
from bot.settings import Limit
from bot.staff import ACTIVE
from bot.web import rules
from storage.base import Act, Staff

FOR_ONE = (Limit(5, 300), Limit(20, 3600), Limit(50, 86_400))
FOR_ALL = (Limit(60, 300), Limit(600, 3600))
_NO_SECRET = b"nobody has this secret"


async def _form(visit: Visit) -> Response:
    if visit.officer:
        return visit.goto("/")
    return visit.page("sign_in.html", error="", name="", next=inside(visit.asked("next")))


async def _post(visit: Visit) -> Response:
    name = visit.typed("name", 64).strip().lower()
    password, code = visit.typed("password", rules.LONGEST + 1), visit.typed("code", 16)
    if until := await _counted(visit.parts, name):
        return _again(visit, name, 429, "often", at=clock(until + 60))
    token = await _signed_in(visit.parts, name, password, code)
    if not token:
        return _again(visit, name, 422, "wrong")
    answer = visit.goto(await _first_page(visit, token))
    _give(answer, token)
    return answer


async def _first_page(visit: Visit, token: str) -> str:
    """Where they wanted to go; else the first page that their role may see."""
    back = inside(visit.typed("next"))
    here = await session.of(visit.parts.store, token, visit.parts.clock.now())
    if back != "/" or here is None:
        return back
    role = here.officer.role
    return next((it.path for it in NAVIGATION if may(role, it.right)), "/account")


def _again(visit: Visit, name: str, status: int, error: str, **holes: str) -> Response:
    says = visit.t["sign_in"]["error"][error].format(**holes)
    back = inside(visit.typed("next"))
    return visit.page("sign_in.html", status, error=says, name=name, next=back)


def _give(answer: Response, token: str) -> None:
    answer.set_cookie(
        session.COOKIE, token, session.LONGEST, secure=True, httponly=True, samesite="strict"
    )


async def _counted(parts: Parts, name: str) -> float:
    """Count a try; when the next is possible, if this one is one too many."""
    now, tallies = parts.clock.now(), Tallies()
    budgets = [*_budgets(parts, f"one {name}", FOR_ONE), *_budgets(parts, "all", FOR_ALL)]
    async with parts.store.unit(now=now) as unit:
        tallies.load(await unit.tallies([budget.key for budget in budgets]))
        if any(tallies.spent(budget, now) for budget in budgets):
            return latest(tallies, budgets, now)
        for budget in budgets:
            tallies.hit(budget, now)
        await unit.add_tallies(tallies.rows())
    return 0.0


def _budgets(parts: Parts, subject: str, limits: Sequence[Limit]) -> list[Budget]:
    names = ((limit, f"console {limit.seconds} {subject}") for limit in limits)
    return [Budget(parts.store.index("sign in", name), limit) for limit, name in names]


async def _signed_in(parts: Parts, name: str, password: str, code: str) -> str:
    """A new session's name, or "" when anything was wrong."""
    now = parts.clock.now()
    found = next((row for row in await parts.store.all_staff() if row.name == name), None)
    known = found if found and found.state == ACTIVE else None
    stored = known.password_hash if known else _nobodys()
    right = await asyncio.to_thread(rules.fits, stored, password)
    secret, last = (known.totp, known.step) if known else (_NO_SECRET, 0)
    step = totp.step_of(secret, code, now, last)
    if known and right and step and (token := await _begun(parts, known, step, now)):
        return token
    async with parts.store.unit(now=now) as unit:
        who = known.name if known else "console"
        await unit.add_acts([Act(now, "staff.sign_in_refused", who)])
    return ""


async def _begun(parts: Parts, known: Staff, step: int, now: float) -> str:
    """Take the code and begin a session, unless another process was faster with either."""
    token, row = session.begin(known.name, now, parts.engine.desk.random)
    async with parts.store.unit(now=now) as unit:
        still = (await unit.staff([known.name])).get(known.name)
        if still is None or replace(still, changed_at=known.changed_at) != known:
            return ""
        await unit.save_staff([replace(still, step=step)])
        await unit.begin_sessions([row])
        await unit.add_acts([Act(now, "staff.signed_in", known.name)])
        budgets = _budgets(parts, f"one {known.name}", FOR_ONE)
        await unit.clear_tallies([budget.key for budget in budgets[:1]])
    return token


@cache
def _nobodys() -> str:
    return rules.hashed("nobody has this password")


ROUTES: Sequence[Route] = (
    Route("/sign-in", "anyone", _form),
    Route("/sign-in", "anyone", _post, "POST"),
)
