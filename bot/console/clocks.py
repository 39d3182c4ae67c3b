"""Requests about one's own data, with the law's clocks; what is late comes first.

Citizens' own requests are answered in the chat. For whoever writes a letter one officer asks here
and another one approves; neither page nor log names the person, only the request.
"""

from collections.abc import Sequence

from starlette.responses import Response

from bot import rights
from bot.console.frame import Route, Visit
from bot.erasing import read_counts
from bot.rights import NotPossible
from flows.checks import account_number
from flows.checks.reader import Refused
from storage.base import Right

PAGE = 200
SHORTEST_WHY, LONGEST_WHY = 5, 200  # characters
HERE = "/operations/rights"


async def _show(visit: Visit) -> Response:
    return await _page(visit)


async def _ask(visit: Visit) -> Response:
    """One request for each conversation that has proved the account of this number."""
    number, why = account_number(visit.typed("number", 40)), _why(visit)
    if isinstance(number, Refused):
        return await _page(visit, 422, error="number")
    if not why:
        return await _page(visit, 422, error="why")
    parts = visit.parts
    desk, now = parts.engine.desk, parts.clock.now()
    try:
        await rights.ask(desk, parts.store, number.value, why, visit.who.name, now)
    except NotPossible as error:
        return await _page(visit, 409, error=error.why)
    return visit.goto(HERE)


async def _approve(visit: Visit) -> Response:
    parts, ref = visit.parts, visit.typed("ref", 40)
    try:
        await rights.approve(parts.store, ref, visit.who.name, parts.clock.now())
    except NotPossible as error:
        return await _page(visit, 409, error=error.why)
    return visit.goto(HERE)


async def _refuse(visit: Visit) -> Response:
    parts, ref, why = visit.parts, visit.typed("ref", 40), _why(visit)
    if not why:
        return await _page(visit, 422, error="why")
    try:
        await rights.refuse(parts.store, ref, why, visit.who.name, parts.clock.now())
    except NotPossible as error:
        return await _page(visit, 409, error=error.why)
    return visit.goto(HERE)


async def _page(visit: Visit, status: int = 200, *, error: str = "") -> Response:
    ended = visit.asked("view") == "ended"
    found = await visit.parts.store.list_rights(ended=ended, limit=PAGE + 1)
    return visit.page(
        "clocks.html",
        status,
        rows=[_row(visit, row) for row in found[:PAGE]],
        more=len(found) > PAGE,
        ended=ended,
        error=error,
        typed={name: visit.typed(name, LONGEST_WHY) for name in ("number", "why")},
        shortest=SHORTEST_WHY,
        longest=LONGEST_WHY,
    )


def _row(visit: Visit, row: Right) -> dict[str, object]:
    clock, at = rights.standing(row, visit.parts.clock.now())
    return {
        "row": row,
        "clock": clock,
        "at": at,
        "gone": read_counts(row.counts),
        "waits": rights.waits(row),
        "own": row.asked_by == visit.who.name,
    }


def _why(visit: Visit) -> str:
    why = visit.typed("why", LONGEST_WHY).strip()
    return why if len(why) >= SHORTEST_WHY else ""


ROUTES: Sequence[Route] = (
    Route(HERE, "operate", _show),
    Route(f"{HERE}/ask", "decide", _ask, "POST"),
    Route(f"{HERE}/approve", "decide", _approve, "POST"),
    Route(f"{HERE}/refuse", "decide", _refuse, "POST"),
)
