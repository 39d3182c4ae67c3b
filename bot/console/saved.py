"""Filters of the inbox that an officer keeps under a name; opened by a click or by a digit.

What was searched for is never among them: it may be somebody's number.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.responses import Response

from bot.console.frame import Route, Visit
from storage.base import SavedView

MOST, LONGEST = 12, 40  # views of one officer; characters of a name
KEPT = ("view", "flow", "channel")


async def _save(visit: Visit) -> Response:
    """Keep these filters; one of the same name is replaced, and of too many none is added."""
    me, name = visit.who.name, " ".join(visit.typed("name", LONGEST).split())
    fields = {field: visit.typed(field, 40) for field in KEPT}
    query = urlencode({field: value for field, value in fields.items() if value})
    parts = visit.parts
    have = {row.name for row in await parts.store.views(me)}
    if name and (name in have or len(have) < MOST):
        now = parts.clock.now()
        async with parts.store.unit(now=now) as unit:
            await unit.save_views([SavedView(me, name, query, now)])
    return visit.goto(f"/?{query}")


async def _drop(visit: Visit) -> Response:
    async with visit.parts.store.unit(now=visit.parts.clock.now()) as unit:
        await unit.drop_view(visit.who.name, visit.typed("name", LONGEST))
    return visit.goto("/")


ROUTES: Sequence[Route] = (
    Route("/views", "look", _save, "POST"),
    Route("/views/drop", "look", _drop, "POST"),
)
