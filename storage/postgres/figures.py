"""What the rows of a span add up to."""

import re

from storage import figure_statements as sql
from storage.figures import Figures
from storage.postgres.inbox import InboxLooks
from storage.postgres.wire import SNAPSHOT
from storage.rows import Line
from storage.sealed import read_line


def _typed(text: str) -> str:
    return re.sub(r"\$([12])", r"$\1::double precision", text).replace("$3", "$3::bigint")


_ALL = [_typed(text) for text in sql.ALL]
_LOST = _typed(sql.LOST)


class FigureLooks(InboxLooks):
    """What the store adds up."""

    async def figures(self, start: float, end: float) -> Figures:
        async with self._pool.begun(SNAPSHOT) as wire:
            return sql.read([await wire.fetch(text, start, end) for text in _ALL])

    async def lost(self, start: float, end: float, limit: int) -> list[Line]:
        rows = await self._look(_LOST, start, end, limit, b"")
        return [read_line(self._vault, row) for row in rows]
