"""The dossier desk: what waits for an officer, one request with its checks, and the decision.

A decision is a `staff:` event that the turn judges by the version the officer saw (decision 0018),
so of two officers one wins and the other reads why. Values are masked here; the papers beside
them are not, and who opens one stands in the audit chain (`desk_papers.py`).
"""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from starlette.responses import Response

from bot import dossier_file
from bot.console.cross_checks import Seen, cross_checks
from bot.console.deciding import possible
from bot.console.frame import Route, Visit
from bot.console.guard import problem
from bot.dossier_file import File
from bot.requests import read_form
from flows import dossier as graph
from storage.base import Dossier

PAGE = 50
LONGEST_WHY = 1000  # characters; it has to fit into a message
LATELY = 30 * 86_400.0  # seconds that a changed contact is worth a look
WAITING = ("submitted", "received", "in_review", "approved")
VIEWS = {
    "waiting": WAITING,
    "second": ("approved",),
    "citizen": ("needs_info",),
    "closed": ("resolved", "rejected", "withdrawn"),
}
CONTACTS = ("phone", "reach")  # answers that name the contact a request is about


async def _list(visit: Visit) -> Response:
    return await listed(visit)


async def listed(visit: Visit, status: int = 200, **told: object) -> Response:
    """The list; `told`: what has just been done, and what could not be."""
    view = visit.asked("view") if visit.asked("view") in VIEWS else "waiting"
    kind = visit.asked("kind", 40) if visit.asked("kind", 40) in graph.GRAPHS else ""
    found = await visit.parts.store.list_dossiers(
        states=VIEWS[view], kinds=(kind,) if kind else (), limit=PAGE + 1,
        after=visit.asked("after", 40),
    )  # fmt: skip
    rows, query = found[:PAGE], {"view": view, "kind": kind}
    older = {**query, "after": rows[-1].ref} if len(found) > PAGE else {}
    values: dict[str, object] = {
        "view": view,
        "views": [*VIEWS],
        "kind": kind,
        "kinds": {name: kind_of(visit, name) for name in graph.GRAPHS},
        "rows": [_row(visit, row) for row in rows],
        "older": f"/dossiers?{urlencode(older)}" if older else "",
        "asked": "",
        "failed": [],
    }
    return visit.page("desk.html", status, **(values | told))


def _row(visit: Visit, row: Dossier) -> dict[str, object]:
    return {
        "ref": row.ref,
        "kind": kind_of(visit, row.kind),
        "state": state_of(visit, row.state),
        "opened_at": row.opened_at,
        "due": due_of(visit, row),
        "late": _is_late(visit, row),
        "paused": row.paused_at is not None,
        "asks": "ask" in dossier_file.steps(row) or row.state == "submitted",
        "by": ", ".join(read_form(row.form).approvals),
    }


async def _show(visit: Visit) -> Response:
    return await shown(visit)


async def shown(visit: Visit, status: int = 200, error: str = "") -> Response:
    """One request; `error`: why what was tried had no effect."""
    file = await file_of(visit)
    if file is None:
        return problem(visit, 404)
    row, desk = file.dossier, visit.parts.engine.desk
    coming = await visit.parts.store.list_dossiers(states=WAITING, limit=1, after=row.ref)
    values = {
        "file": file,
        "row": row,
        "kind": kind_of(visit, row.kind),
        "state": state_of(visit, row.state),
        "due": due_of(visit, row),
        "late": _is_late(visit, row),
        "lines": [line.partition(": ") for line in dossier_file.masked(file.form, desk)],
        "checks": cross_checks(await _seen(visit, file)),
        "steps": possible(row),
        "papers": dossier_file.papers_of(row),
        "reasons": {key: _said(visit, f"reason.{key}") for key in graph.REASONS},
        "next": f"/dossiers/{coming[0].ref}" if coming else "/dossiers",
        "history": [*_history(visit, file)],
        "error": error,
        "why": visit.typed("why", LONGEST_WHY),
        "reason": visit.typed("reason", 40),
    }
    return visit.page("dossier.html", status, **values)


async def _seen(visit: Visit, file: File) -> Seen:
    """What the checks compare with."""
    now, row, answers = visit.parts.clock.now(), file.dossier, file.form.answers
    wanted = [answers[name] for name in CONTACTS if name in answers]
    async with visit.parts.store.unit(now=now) as unit:
        holders = await unit.holders(wanted) if wanted else {}
        changes = await unit.changes_of([row.account], now - LATELY)
        others = await unit.dossiers_of([row.account])
    held = frozenset[bytes]().union(*holders.values())
    return Seen(file, visit.who.name, now, changes, others, held)


def _history(visit: Visit, file: File) -> Iterator[dict[str, object]]:
    for edge in file.edges:
        own = edge.who == graph.CITIZEN
        words = dossier_file.HIDDEN if own and edge.why else edge.why
        step = {"at": edge.at, "to": state_of(visit, edge.to), "why": words}
        yield step | {"who": visit.t["desk"]["citizen"] if own else edge.who}


# --- words -------------------------------------------------------------------------------


async def file_of(visit: Visit, ref: str = "") -> File | None:
    """The request that is named, by default in the address."""
    named = ref or str(visit.request.path_params["ref"])
    return await dossier_file.read(visit.parts.store, named, visit.parts.clock.now())


def _said(visit: Visit, key: str) -> str:
    return visit.parts.engine.desk.wording.text("my_dossiers", visit.lang, key, {})


def kind_of(visit: Visit, kind: str) -> str:
    """What citizens call a kind of request."""
    return _said(visit, f"kind.{kind}")


def state_of(visit: Visit, state: str) -> str:
    """What citizens call a state of it."""
    return _said(visit, f"state.{state}")


def due_of(visit: Visit, row: Dossier) -> str:
    """The day by which it is due; "" where there is none."""
    desk = visit.parts.engine.desk
    return desk.wording.day(visit.lang, desk.day_of(row.due_at)) if row.due_at else ""


def _is_late(visit: Visit, row: Dossier) -> bool:
    now = row.paused_at or visit.parts.clock.now()
    return row.is_open and row.due_at is not None and now > row.due_at


ROUTES: Sequence[Route] = (
    Route("/dossiers", "look", _list, nav="dossiers"),
    Route("/dossiers/{ref}", "look", _show),
)
