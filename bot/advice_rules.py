"""What an operator may change in the decision table before the procedures: dates and switches.

The table itself is `flows/advice.toml`; a row that is not in it is refused when settings are read.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Annotated

from msgspec.structs import replace
from pydantic import AfterValidator, BeforeValidator

from flows.advice import TABLE, Row, Table

_NAMES = {f"{procedure}.{name}" for procedure, rows in TABLE.items() for name in rows}


def _known(name: str) -> str:
    if name not in _NAMES:
        raise ValueError(f"{name!r} is no row of flows/advice.toml")
    return name


def _dated(written: object) -> object:
    if isinstance(written, str):
        name, _, day = written.partition(" ")
        return name, day
    return written


AdviceRow = Annotated[str, AfterValidator(_known)]
AdviceDate = Annotated[tuple[AdviceRow, date], BeforeValidator(_dated)]


def table(off: Collection[str], checked: Iterable[tuple[str, date]]) -> Table:
    """The decision table with these rows switched off, and these looked up at another date."""
    dates = dict(checked)

    def said(full: str, row: Row) -> Row:
        on = row.on and full not in off
        return replace(row, on=on, checked=dates.get(full, row.checked))

    return {
        procedure: {name: said(f"{procedure}.{name}", row) for name, row in rows.items()}
        for procedure, rows in TABLE.items()
    }
