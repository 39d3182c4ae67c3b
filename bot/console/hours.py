"""When somebody answers: the settings' hours, the coming holidays, and days changed here.

A changed day counts for what citizens are told and for the clocks of waiting; when a request is
legally due it never changes.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from starlette.responses import Response

from bot import switches
from bot.console.frame import Route, Visit
from bot.console.operations import put
from bot.switches import DAY
from storage.base import Switch

AHEAD = 42  # days shown
SATURDAY = 5
YEAR = 366


async def _show(visit: Visit) -> Response:
    return await _page(visit)


async def _set(visit: Visit) -> Response:
    """Close a day, or give it other hours."""
    parts, typed = visit.parts, visit.typed("day", 10)
    opens, closes = visit.typed("opens", 5), visit.typed("closes", 5)
    now = parts.clock.now()
    value = f"{opens}-{closes}" if opens or closes else ""
    try:
        day = date.fromisoformat(typed)
        switches.hours_of(value)
    except ValueError:
        return await _page(visit, 422, error=True)
    today = parts.engine.desk.day_of(now)
    if not today <= day <= today + timedelta(days=YEAR):
        return await _page(visit, 422, error=True)
    why = visit.typed("why", 200).strip()
    await _forget_before(visit, today)
    await put(visit, Switch(f"{DAY}{day}", value, why, "", 0.0, visit.who.name, now))
    return visit.goto("/operations/hours")


async def _forget_before(visit: Visit, today: date) -> None:
    """Days that are over need no row any more."""
    store = visit.parts.store
    days = [row for row in await store.switches() if row.name.startswith(DAY)]
    over = [row.name for row in days if switches.day_of(row) < today]
    async with store.unit(now=visit.parts.clock.now()) as unit:
        await unit.drop_switches(over)


async def _page(visit: Visit, status: int = 200, *, error: bool = False) -> Response:
    desk, now = visit.parts.engine.desk, visit.parts.clock.now()
    rows = {row.name: row for row in await visit.parts.store.switches()}
    changed = [row for name, row in rows.items() if name.startswith(DAY)]
    office = desk.workdays.with_days(
        {switches.day_of(row): switches.hours_of(row.value) for row in changed}
    )
    today = desk.day_of(now)
    days = [today + timedelta(days=number) for number in range(AHEAD)]
    off = [day for day in days if not office.is_working(day) and day.weekday() < SATURDAY]
    names = ("day", "opens", "closes", "why")
    return visit.page(
        "hours.html",
        status,
        calendar=desk.settings.calendar,
        open_now=office.is_open(now),
        opens=office.opens_next(now),
        closes=office.closes_at(now),
        off=[f"{day:%d/%m/%Y}" for day in off],
        changed=[(row, switches.day_of(row)) for row in changed if switches.day_of(row) >= today],
        typed={name: visit.typed(name, 200) for name in names},
        error=error,
    )


ROUTES: Sequence[Route] = (
    Route("/operations/hours", "operate", _show),
    Route("/operations/hours", "operate", _set, "POST"),
)
