"""The dashboard: what became of procedures, codes, messages and promises, as tables with bars.

Every table can be had as a file. What was added up is kept for a minute. It shows nobody's data;
texts that were not understood are for those alone who may read conversations.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from starlette.responses import Response

from bot.console import figures
from bot.console.desk import kind_of
from bot.console.figures import Shown
from bot.console.frame import Parts, Route, Visit, clock, moment
from bot.console.guard import problem
from bot.console.misses import MOST, misses
from bot.console.ratings import ratings
from bot.console.sheets import Cell, Table, cell, sheet
from bot.console.spans import DAYS, Span, span

_kept: WeakKeyDictionary[Parts, dict[str, tuple[Span, Shown]]] = WeakKeyDictionary()


async def _page(visit: Visit) -> Response:
    asked = _span(visit)
    shown = await _added_up(visit.parts, asked)
    first = _tables(visit, shown)
    runs = first["procedures"]
    flow = next((key for key in runs.keys if key == visit.asked("flow", 40)), "")
    flow = flow or next(iter(runs.keys), "")
    counts = await visit.parts.store.counts(visit.who.name)
    return visit.page(
        "dashboard.html",
        span=asked,
        spans=tuple(DAYS),
        tables=first | {"steps": _steps(visit, shown, flow)},
        flow=flow,
        flow_title=_said(visit, "flow", flow),
        turns=sum(turns for _, turns in shown.now.minutes),
        waiting=counts.waiting,
        cell=cell,
    )


async def _sheet(visit: Visit) -> Response:
    """One table as a file; of steps, those of all procedures."""
    asked = _span(visit)
    shown = await _added_up(visit.parts, asked)
    tables = _tables(visit, shown) | {"steps": _steps(visit, shown)}
    table = tables.get(str(visit.request.path_params["name"]))
    return problem(visit, 404) if table is None else _file(visit, table, asked)


async def _misses(visit: Visit) -> Response:
    asked = _span(visit)
    return visit.page(
        "misses.html",
        span=asked,
        spans=tuple(DAYS),
        table=await _missed(visit, asked),
        most=MOST,
        cell=cell,
    )


async def _misses_sheet(visit: Visit) -> Response:
    asked = _span(visit)
    return _file(visit, await _missed(visit, asked), asked)


async def _missed(visit: Visit, asked: Span) -> Table:
    lines = await visit.parts.store.lost(asked.start, asked.end, MOST)
    found = await asyncio.to_thread(misses, visit.parts.engine.desk, lines)
    columns = [("text", "text"), ("times", "count"), ("flow", "text"), ("step", "text")]
    columns += [("guess", "text"), ("second", "text"), ("sure", "share")]
    rows: list[list[Cell]] = [
        [it.text, it.times, _said(visit, "flow", it.flow), _said(visit, "step", it.step), *it[4:]]
        for it in found
    ]
    return Table("misses", columns, rows)


# --- adding up ---------------------------------------------------------------------------


async def _added_up(parts: Parts, asked: Span) -> Shown:
    kept = _kept.setdefault(parts, {})
    known = kept.get(asked.name)
    if known and known[0] == asked:
        return known[1]
    now = await parts.store.figures(asked.start, asked.end)
    before = await parts.store.figures(asked.before.start, asked.before.end)
    kept[asked.name] = (asked, Shown(asked, now, before))
    return kept[asked.name][1]


def _tables(visit: Visit, shown: Shown) -> dict[str, Table]:
    def said(kind: str, name: str) -> str:
        return _said(visit, kind, name)

    office, rules = visit.parts.engine.desk.workdays, visit.parts.settings.console
    tables = (
        figures.procedures(shown, said),
        figures.codes(shown, said),
        figures.deliveries(shown),
        figures.load(shown, clock if shown.span.name == "today" else _day),
        figures.promises(shown, said, office, rules),
        ratings(shown, said),
    )
    return {table.name: table for table in tables}


def _steps(visit: Visit, shown: Shown, only: str = "") -> Table:
    flows = visit.parts.engine.desk.flows
    order = {name: [str(step) for step in flows[name].states] for name in sorted(flows)}
    return figures.steps(shown, lambda kind, name: _said(visit, kind, name), order, only)


def _said(visit: Visit, kind: str, name: str) -> str:
    """What officers call it."""
    texts: Mapping[str, Any] = visit.t
    if kind == "flow":
        wording = visit.parts.engine.desk.wording
        return wording.title(name, visit.lang) if name else str(texts["dashboard"]["at_menu"])
    if kind == "kind":
        return kind_of(visit, name)
    named = texts["steps"] if kind == "step" else texts["dashboard"]["measure"]
    return str(named.get(name, name))


def _day(at: float) -> str:
    return moment(at).partition(" ")[0]


def _span(visit: Visit) -> Span:
    return span(visit.asked("span", 10), visit.parts.clock.now())


def _file(visit: Visit, table: Table, asked: Span) -> Response:
    heads = [visit.t["dashboard"]["column"][name] for name, _ in table.columns]
    kinds = [kind for _, kind in table.columns]
    rows = [[cell(*pair) for pair in zip(row, kinds, strict=True)] for row in table.rows]
    day = _day(asked.end).replace("/", "-")
    named = f'attachment; filename="{table.name}-{asked.name}-{day}.csv"'
    headers = {"Content-Disposition": named, "Cache-Control": "no-store"}
    return Response(sheet(heads, rows), media_type="text/csv; charset=utf-8", headers=headers)


ROUTES: Sequence[Route] = (
    Route("/figures", "measure", _page, nav="dashboard"),
    Route("/figures/{name}/file", "measure", _sheet),
    Route("/misses", "look", _misses),
    Route("/misses/file", "look", _misses_sheet),
)
