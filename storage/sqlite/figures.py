"""What the rows of a span add up to, read on a connection of its own while units go on."""

import sqlite3
from functools import partial

from storage import figure_statements as sql
from storage.figures import Figures
from storage.rows import Line
from storage.sealed import Row, read_line
from storage.sqlite.inbox import InboxLooks
from storage.sqlite.staff import fetch
from storage.sqlite.wire import MEMORY, Result, Work


def _own(text: str) -> str:
    # Division of a time is cut off by the cast alone.
    return text.replace("floor(at / 60)", "at / 60").replace("$", "?")


_ALL = [_own(text) for text in sql.ALL]
_LOST = _own(sql.LOST)


class FigureLooks(InboxLooks):
    """What the store adds up."""

    async def figures(self, start: float, end: float) -> Figures:
        return sql.read(await self._added_up(partial(_all, span=(start, end))))

    async def lost(self, start: float, end: float, limit: int) -> list[Line]:
        rows = await self._added_up(partial(fetch, _LOST, (start, end, limit, b"")))
        return [read_line(self._vault, row) for row in rows]

    async def _added_up(self, work: Work[Result]) -> Result:
        return await (self._look(work) if self._path == MEMORY else self._beside(work))


def _all(db: sqlite3.Connection, span: tuple[float, float]) -> list[list[Row]]:
    return [db.execute(text, span).fetchall() for text in _ALL]
