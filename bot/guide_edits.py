"""Answers as edited at the console: rows beside the switches, said in place of the files' words.

An edit changes what a guide says, never what it answers to: wordings are measured and stay in the
files. Taken back, the guide says what its file says.
"""

from collections.abc import Mapping
from datetime import date

import msgspec
from msgspec.structs import replace

from bot.guides import Guide
from storage.base import Act, Store, Switch

EDIT = "text:"


class _Rest(msgspec.Struct, frozen=True):
    """What stands in the row's value, beside the two short answers."""

    more_vi: str
    more_en: str
    source: str
    checked: date


def edited(guide: Guide, row: Switch | None) -> Guide:
    """The guide as it is to be said now; without a row as its file has it."""
    if row is None:
        return guide
    rest = msgspec.json.decode(row.value, type=_Rest)
    return replace(
        guide,
        vi=row.vi,
        en=row.en,
        more_vi=rest.more_vi,
        more_en=rest.more_en,
        source=rest.source,
        checked=rest.checked,
    )


def all_edited(guides: Mapping[str, Guide], rows: Mapping[str, Switch]) -> dict[str, Guide]:
    """Every guide as it is to be said now; `rows` by their names."""
    return {name: edited(guide, rows.get(EDIT + name)) for name, guide in guides.items()}


async def save(store: Store, name: str, guide: Guide, who: str, now: float) -> None:
    """Have this guide say so in every process, and remember who did."""
    rest = _Rest(guide.more_vi, guide.more_en, guide.source, guide.checked)
    value = msgspec.json.encode(rest).decode()
    async with store.unit(now=now) as unit:
        await unit.save_switches([Switch(EDIT + name, value, guide.vi, guide.en, 0.0, who, now)])
        await unit.add_acts([Act(now, "guide.edited", who, detail=name)])
