"""The audit log: read by page, proved as a whole, taken away as a file that no sheet runs.

It shows what the chain holds and changes nothing of it but for a record of each proof and file.
"""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.responses import Response

from bot.console.frame import Route, Visit, moment
from bot.console.sheets import sheet
from storage.base import Act, Corrupt, Record, Search
from storage.operations import NEWEST, WINDOW

PAGE, MOST = 50, 5000
PATIENCE = 60.0  # seconds; a longer chain is proved at the terminal


async def _show(visit: Visit) -> Response:
    return await _page(visit)


async def _verify(visit: Visit) -> Response:
    """Recompute the chain: a page of it at a time, beside everything else."""
    says = visit.t["audit"]["verified"]
    try:
        async with asyncio.timeout(PATIENCE):
            length = await visit.parts.store.verify_audit()
        told, status = says["whole"].format(n=length), 200
    except Corrupt as error:
        told, status = says["broken"].format(what=error), 409
    except TimeoutError:
        told, status = says["long"], 503
    await _remember(visit, "audit.verified" if status == 200 else "audit.not_verified")
    return await _page(visit, status, told=told)


async def _export(visit: Visit) -> Response:
    """At most `MOST` records of the filter, newest first."""
    picked = Search(visit.typed("kind", 60), visit.typed("who", 80), NEWEST, MOST)
    rows = await visit.parts.store.records(picked)
    await _remember(visit, "audit.exported", f"{len(rows)} {picked.kind} {picked.who}".strip())
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(written(rows), headers=headers, media_type="text/csv; charset=utf-8")


def written(rows: Sequence[Record]) -> bytes:
    """The records as a file, with nothing in it that a spreadsheet takes for a formula (R58)."""
    heads = ("number", "at", "kind", "who", "detail")
    return sheet(
        heads, [(str(it.number), moment(it.at), it.kind, it.who, it.detail) for it in rows]
    )


async def _page(visit: Visit, status: int = 200, *, told: str = "") -> Response:
    kind, who, before = visit.asked("kind", 60), visit.asked("who", 80), _number(visit)
    rows = await visit.parts.store.records(Search(kind, who, before, PAGE + 1))
    listed = rows[:PAGE]
    query = {name: value for name, value in (("kind", kind), ("who", who)) if value}
    older = 0
    if len(rows) > PAGE:
        older = listed[-1].number
    elif kind or who:  # no more in what was looked through; further back there may be
        newest, _ = await visit.parts.store.audit_head()
        older = max(0, min(before, newest + 1) - WINDOW)
    return visit.page(
        "audit.html",
        status,
        rows=listed,
        kind=kind,
        who=who,
        told=told,
        failed=status != 200,
        first=f"/audit?{urlencode(query)}" if before != NEWEST else "",
        older=f"/audit?{urlencode(query | {'before': str(older)})}" if older > 1 else "",
        kinds=sorted({row.kind for row in listed}),
    )


def _number(visit: Visit) -> int:
    asked = visit.asked("before", 18)
    return int(asked) if asked.isascii() and asked.isdigit() else NEWEST


async def _remember(visit: Visit, kind: str, detail: str = "") -> None:
    now = visit.parts.clock.now()
    async with visit.parts.store.unit(now=now) as unit:
        await unit.add_acts([Act(now, kind, visit.who.name, detail=detail)])


ROUTES: Sequence[Route] = (
    Route("/audit", "audit", _show, nav="audit"),
    Route("/audit/verify", "audit", _verify, "POST"),
    Route("/audit/export", "audit", _export, "POST"),
)
