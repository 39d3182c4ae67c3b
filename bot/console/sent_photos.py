"""A photo that a citizen sent to an officer: for whoever has the conversation, each look kept.

It may show an identity card in full, so it is no part of the transcript that many look at, and
who opened it stands in the audit chain before a byte of it is sent. It goes after two days.
"""

from collections.abc import Sequence

from starlette.responses import Response

from bot.console import names
from bot.console.frame import Route, Visit
from bot.console.guard import problem
from bot.console.rows import recalled
from flows.attending import holder_of
from storage.base import Act, Picked, to_officer


async def _photo(visit: Visit) -> Response:
    chat = names.opened(visit.parts.key, str(visit.request.path_params["name"]))
    store, now, me = visit.parts.store, visit.parts.clock.now(), visit.who.name
    found = await store.inbox(Picked("one", ref=chat, limit=1)) if chat else []
    if not found:
        return problem(visit, 404)
    row = found[0].conversation
    if holder_of(recalled(visit.parts.engine.desk, row)) != me:
        return problem(visit, 403)
    number = str(visit.request.path_params["turn"])
    turn = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    async with store.unit(now=now) as unit:
        photos = await unit.photos([(chat, to_officer(turn))]) if turn else []
        if photos:
            detail = f"photo of turn {turn}: conversation"
            await unit.add_acts([Act(now, "staff.revealed", me, row.account, detail)])
    if not photos:
        says = visit.t["conversation"]["no_photo"]
        return visit.page("problem.html", 404, says=says)
    return Response(photos[0].image, media_type="image/jpeg")


ROUTES: Sequence[Route] = (Route("/conversation/{name}/photo/{turn}", "attend", _photo),)
