"""The desk's forms: decide one request, or ask several the same."""

from collections.abc import Sequence

from starlette.responses import PlainTextResponse, Response

from bot.console.deciding import LONGEST_WHY, decision_of, put_through
from bot.console.desk import WAITING, file_of, listed, shown
from bot.console.frame import Route, Visit
from bot.console.guard import problem
from bot.decision import Decision

MOST_AT_ONCE = 50  # requests that are asked one question together


async def _decide(visit: Visit) -> Response:
    file = await file_of(visit)
    if file is None:
        return problem(visit, 404)
    said = decision_of(visit, file.dossier)
    if error := await put_through(visit, file, said):
        if "hx-request" in visit.request.headers:
            return PlainTextResponse(error, 409)
        return await shown(visit, 409, error)
    coming = await visit.parts.store.list_dossiers(states=WAITING, limit=1, after=said.ref)
    return visit.goto(f"/dossiers/{coming[0].ref}" if coming else "/dossiers")


async def _ask_several(visit: Visit) -> Response:
    """Ask the citizens of several requests the same thing."""
    why = visit.typed("why", LONGEST_WHY).strip()
    refs = [ref for ref in visit.form.getlist("ref") if isinstance(ref, str)][:MOST_AT_ONCE]
    done, failed = 0, []
    for ref in refs:
        file = await file_of(visit, ref)
        if file is None:
            continue
        said = Decision(ref, "staff:ask", visit.who.name, file.dossier.version, why)
        error = await put_through(visit, file, said)
        done += not error
        failed += [(ref, error)] if error else []
    asked = visit.t["desk"]["asked"].format(n=done)
    return await listed(visit, 409 if failed else 200, asked=asked, failed=failed)


ROUTES: Sequence[Route] = (
    Route("/dossiers/ask", "decide", _ask_several, "POST"),
    Route("/dossiers/{ref}/decide", "decide", _decide, "POST"),
)
