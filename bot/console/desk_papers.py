"""The papers and photos of a request, in full: for whoever decides it, and each look is kept.

Who opened what stands in the audit chain before a byte of it is sent. Nothing is stored: a paper
is drawn anew each time, and no browser may keep it.
"""

from collections.abc import Sequence

from starlette.responses import Response

from bot import dossier_file
from bot.console.frame import Route, Visit
from bot.console.guard import problem
from bot.dossier_file import File
from bot.notifier.parcel import PaperBody
from storage.base import Act

# The desk shows a paper in a frame of its own page; nobody else may.
FRAMED = "default-src 'none'; frame-ancestors 'self'"


async def _paper(visit: Visit) -> Response:
    file, name = await _file(visit), str(visit.request.path_params["paper"])
    if file is None or name not in dossier_file.papers_of(file.dossier):
        return problem(visit, 404)
    await _keep(visit, file, f"papers {name}")
    body = PaperBody(name, file.dossier.ref, file.dossier.lang)
    drawn = await visit.parts.engine.paperwork.draw(body)
    head = {
        "Content-Disposition": f'inline; filename="{file.dossier.ref}-{name}.pdf"',
        "Content-Security-Policy": FRAMED,
    }
    return Response(drawn, media_type="application/pdf", headers=head)


async def _photo(visit: Visit) -> Response:
    file, number = await _file(visit), str(visit.request.path_params["number"])
    at = int(number) - 1 if number.isascii() and number.isdecimal() else -1
    if file is None or not 0 <= at < len(file.photos):
        return problem(visit, 404)
    await _keep(visit, file, f"photo {at + 1}")
    return Response(file.photos[at].image, media_type="image/jpeg")


async def _keep(visit: Visit, file: File, shown: str) -> None:
    now, row = visit.parts.clock.now(), file.dossier
    async with visit.parts.store.unit(now=now) as unit:
        detail = f"{row.ref} {shown}: desk"
        await unit.add_acts([Act(now, "dossier.revealed", visit.who.name, row.account, detail)])


async def _file(visit: Visit) -> File | None:
    ref, now = str(visit.request.path_params["ref"]), visit.parts.clock.now()
    return await dossier_file.read(visit.parts.store, ref, now)


ROUTES: Sequence[Route] = (
    Route("/dossiers/{ref}/paper/{paper}", "decide", _paper),
    Route("/dossiers/{ref}/photo/{number}", "decide", _photo),
)
