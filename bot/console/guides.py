"""Guides as they stand now: switched on or off, where from, how old, and what is wrong with them.

Their texts are files of the product and are changed there; here one is switched off at once.
"""

from collections.abc import Sequence

from starlette.responses import Response

from bot import switches
from bot.commands.guides import problems
from bot.console.frame import Route, Visit

STALE = 12  # months


async def _show(visit: Visit) -> Response:
    desk, now = visit.parts.engine.desk, visit.parts.clock.now()
    guides = dict(desk.guides.all())
    wrong: dict[str, list[str]] = {}
    for line in problems(guides, desk.day_of(now), STALE):
        name, _, what = line.partition(": ")
        wrong.setdefault(name, []).append(what)
    off = {
        row.name.removeprefix(switches.GUIDE)
        for row in await visit.parts.store.switches()
        if row.name.startswith(switches.GUIDE) and (not row.until or now < row.until)
    }
    rows = [(name, guide, wrong.get(name, [])) for name, guide in guides.items()]
    rows.sort(key=lambda row: (not row[2], row[1].checked, row[0]))  # what has to be mended first
    return visit.page("guides.html", 200, rows=rows, off=off, bad=len(wrong))


ROUTES: Sequence[Route] = (Route("/operations/guides", "operate", _show),)
