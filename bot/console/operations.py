"""Switches: procedures, guides and channels off with a notice, and the notice in the menu.

What is set here counts in every process within `bot.switches.EVERY` seconds.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from starlette.responses import Response

from bot import switches
from bot.console.frame import Route, Visit
from bot.console.look import inside
from bot.switches import SURGE
from flows import dossier_dates as dates
from flows.switched import CHANNEL, FLOW
from storage.base import Switch

LONGEST = 600  # characters of a notice
CHANNELS = ("telegram", "zalo", "web")
KINDS = (FLOW, switches.GUIDE, CHANNEL)


async def _show(visit: Visit) -> Response:
    return await _page(visit)


async def _set(visit: Visit) -> Response:
    """Switch something off, or announce something."""
    name, vi = visit.typed("name", 80), visit.typed("vi", LONGEST).strip()
    en, until = visit.typed("en", LONGEST).strip(), ends(visit.typed("until", 30))
    if name not in {SURGE, *_all(visit)}:
        return await _page(visit, 422, error="name")
    if not vi:
        return await _page(visit, 422, error="words")
    now = visit.parts.clock.now()
    if until is None or 0 < until <= now:
        return await _page(visit, 422, error="until")
    await put(visit, Switch(name, "", vi, en, until, visit.who.name, now))
    return visit.goto("/operations")


async def _take_back(visit: Visit) -> Response:
    parts = visit.parts
    await switches.take_back(
        parts.store, visit.typed("name", 80), visit.who.name, parts.clock.now()
    )
    parts.engine.desk.switches.forget()
    return visit.goto(inside(visit.typed("back", 80), "/operations"))


async def put(visit: Visit, row: Switch) -> None:
    """Set one, and have this process see it with its next turn."""
    await switches.set_(visit.parts.store, row)
    visit.parts.engine.desk.switches.forget()


def ends(typed: str) -> float | None:
    """A browser's local date and time, as by the clocks of Viet Nam; 0 for none, None for junk."""
    if not typed:
        return 0.0
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=dates.ZONE).timestamp()
    except ValueError:
        return None


def titles(visit: Visit) -> Mapping[str, Mapping[str, str]]:
    """By kind, everything that can be switched off and what it is called."""
    desk, lang = visit.parts.engine.desk, visit.lang
    flows = {FLOW + name: desk.wording.title(name, lang) for name in desk.flows}
    guides = {switches.GUIDE + name: name for name in desk.guides.all()}
    for name in list(guides):
        guides[name] = desk.guides.title(guides[name], lang) or guides[name]
    return {
        "flow": dict(sorted(flows.items(), key=lambda it: it[1])),
        "guide": dict(sorted(guides.items(), key=lambda it: it[1])),
        "channel": {CHANNEL + name: name.capitalize() for name in CHANNELS},
    }


def _all(visit: Visit) -> dict[str, str]:
    return {name: title for each in titles(visit).values() for name, title in each.items()}


async def _page(visit: Visit, status: int = 200, *, error: str = "") -> Response:
    told, now = visit.t["operations"], visit.parts.clock.now()
    rows = await visit.parts.store.switches()
    set_ = [row for row in rows if row.name == SURGE or row.name.startswith(KINDS)]
    typed = {name: visit.typed(name, LONGEST) for name in ("name", "vi", "en", "until")}
    return visit.page(
        "operations.html",
        status,
        rows=[(row, bool(row.until) and row.until <= now) for row in set_],
        kinds=titles(visit),
        title=_all(visit) | {SURGE: told["surge"]},
        typed=typed | {"name": typed["name"] or visit.asked("name", 80)},
        error=told["refused"][error] if error else "",
        seconds=int(switches.EVERY),
    )


ROUTES: Sequence[Route] = (
    Route("/operations", "operate", _show, nav="operations"),
    Route("/operations/set", "operate", _set, "POST"),
    Route("/operations/take-back", "operate", _take_back, "POST"),
)
