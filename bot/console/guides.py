"""Guides: what is wrong with them, their switches, and an editor that shows the bubbles meanwhile.

Here the words of an answer are changed at once, everywhere; what it answers to stands in the
product's files. Nothing is saved that `vssid-bot guides lint` would complain of.
"""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace
from starlette.responses import Response

from bot import switches
from bot.commands.guides import problems
from bot.console.frame import Route, Visit
from bot.console.guard import problem
from bot.guide_edits import EDIT, all_edited, edited, save
from bot.guides import Guide
from storage.base import Switch

STALE = 12  # months
LONGEST = 1200  # characters of a field; the lint allows fewer
TEXTS = ("vi", "en", "more_vi", "more_en", "source")


async def _show(visit: Visit) -> Response:
    now, rows = visit.parts.clock.now(), await _rows(visit)
    guides = all_edited(visit.parts.engine.desk.guides.all(), rows)
    wrong = _wrong(visit, guides)
    listed = [(name, it, wrong.get(name, [])) for name, it in guides.items()]
    listed.sort(key=lambda row: (not row[2], row[1].checked, row[0]))  # what to mend comes first
    set_ = {name for name, row in rows.items() if not row.until or now < row.until}
    return visit.page(
        "guides.html",
        rows=listed,
        off={name.removeprefix(switches.GUIDE) for name in set_},
        edits={name.removeprefix(EDIT): row for name, row in rows.items()},
        bad=len(wrong),
    )


async def _edit(visit: Visit) -> Response:
    row = (await _rows(visit)).get(EDIT + _name(visit))
    guide = _ours(visit)
    return problem(visit, 404) if guide is None else _editor(visit, edited(guide, row), row)


async def _preview(visit: Visit) -> Response:
    """The bubbles as they would be, and what the lint says; nothing is saved."""
    guide = _ours(visit)
    if guide is None:
        return problem(visit, 404)
    typed = _typed(visit, guide)
    return visit.page("guide_preview.html", guide=typed, wrong=_lint(visit, typed))


async def _save(visit: Visit) -> Response:
    guide = _ours(visit)
    if guide is None:
        return problem(visit, 404)
    typed = _typed(visit, guide)
    if _lint(visit, typed):
        row = (await _rows(visit)).get(EDIT + _name(visit))
        return _editor(visit, typed, row, 422)
    parts = visit.parts
    await save(parts.store, _name(visit), typed, visit.who.name, parts.clock.now())
    parts.engine.desk.switches.forget()
    return visit.goto("/operations/guides")


def _editor(visit: Visit, guide: Guide, row: Switch | None, status: int = 200) -> Response:
    asks = guide.asks_en if visit.lang == "en" else guide.asks_vi
    return visit.page(
        "guide_edit.html",
        status,
        name=_name(visit),
        title=asks[0][:1].upper() + asks[0][1:],
        guide=guide,
        row=row,
        longest=LONGEST,
        wrong=_lint(visit, guide),
        refused=status != 200,
    )


def _typed(visit: Visit, guide: Guide) -> Guide:
    """The guide with what was typed; a date that is none counts as never checked."""
    texts = {name: visit.typed(name, LONGEST).strip() for name in TEXTS}
    try:
        checked = date.fromisoformat(visit.typed("checked", 10))
    except ValueError:
        checked = date.min
    return replace(guide, checked=checked, **texts)


def _lint(visit: Visit, guide: Guide) -> list[str]:
    """What would be wrong with all guides if this one said so, as far as it is about this one."""
    guides = dict(visit.parts.engine.desk.guides.all()) | {_name(visit): guide}
    return _wrong(visit, guides).get(_name(visit), [])


def _wrong(visit: Visit, guides: dict[str, Guide]) -> dict[str, list[str]]:
    today = visit.parts.engine.desk.day_of(visit.parts.clock.now())
    found: dict[str, list[str]] = {}
    for line in problems(guides, today, STALE):
        name, _, what = line.partition(": ")
        found.setdefault(name, []).append(what)
    return found


async def _rows(visit: Visit) -> dict[str, Switch]:
    """The switches and edits of guides, by their whole names."""
    kinds = (switches.GUIDE, EDIT)
    rows = await visit.parts.store.switches()
    return {row.name: row for row in rows if row.name.startswith(kinds)}


def _ours(visit: Visit) -> Guide | None:
    return visit.parts.engine.desk.guides.all().get(_name(visit))


def _name(visit: Visit) -> str:
    return str(visit.request.path_params["guide"])


ROUTES: Sequence[Route] = (
    Route("/operations/guides", "operate", _show),
    Route("/operations/guides/{guide}", "operate", _edit),
    Route("/operations/guides/{guide}", "operate", _save, "POST"),
    Route("/operations/guides/{guide}/preview", "operate", _preview, "POST"),
)
