# ruff: noqa: S608 - every text here is made of constants
"""Requests about one's own data, and the erasing of it."""

from collections.abc import Sequence
from functools import partial

from storage import sealed_rights as shared
from storage.rights import Holding, Right
from storage.rows import Consent
from storage.sqlite.carried import Carried, hexes
from storage.sqlite.inbox import InboxLooks
from storage.sqlite.staff import fetch
from storage.sqlite.wire import MEMORY

_RIGHTS = f"SELECT {shared.RIGHT} FROM json_each(?) AS asked CROSS JOIN rights ON ref = value"
_OF = f"""
SELECT {shared.RIGHT} FROM (
    SELECT rights.*, row_number() OVER (PARTITION BY account ORDER BY asked_at DESC, ref) AS place
    FROM json_each(?) AS asked CROSS JOIN rights ON account = unhex(asked.value)
) WHERE ended_at IS NULL OR place <= {shared.NEWEST} ORDER BY asked_at DESC, ref
"""
_MARKS = ", ".join("?" * len(Right.__struct_fields__))
_SAVE = f"""
INSERT INTO rights ({shared.RIGHT}) VALUES ({_MARKS})
ON CONFLICT (ref) DO UPDATE SET answered_at = coalesce(answered_at, excluded.answered_at),
    applies_at = excluded.applies_at, approved_by = excluded.approved_by,
    counts = excluded.counts, why = excluded.why,
    ended_as = CASE WHEN ended_at IS NULL THEN excluded.ended_as ELSE ended_as END,
    ended_at = coalesce(ended_at, excluded.ended_at)
"""
_HOLDINGS = shared.HOLDINGS.format(
    chat="json_extract(?1, '$[0]')", account="unhex(json_extract(?2, '$[0]'))"
)
_CONSENTS = f"""
SELECT {shared.CONSENT} FROM consents WHERE id IN (
    SELECT max(consents.id) FROM json_each(?) AS asked CROSS JOIN consents ON chat = asked.value
    GROUP BY chat, purpose
) ORDER BY id
"""
_ERASE = (
    f"DELETE FROM photos WHERE {shared.MINE.format(chat='?1')}",
    *(f"DELETE FROM {table} WHERE chat = ?1" for table in ("transcript", "set_aside", "looks")),
    "DELETE FROM links WHERE chat = ?1",
    "DELETE FROM hand_overs WHERE chat = ?1 AND ended_at IS NOT NULL",
    """
    UPDATE conversations SET flow = '', version = 0, state = '', account = NULL, memo = x'',
        half = ?2 WHERE chat = ?1
    """,
)
_DUE = f"""
SELECT {shared.RIGHT} FROM rights WHERE ended_at IS NULL AND applies_at IS NOT NULL
    AND applies_at <= ? ORDER BY applies_at, ref LIMIT ?
"""
_OPEN = f"SELECT {shared.RIGHT} FROM rights WHERE ended_at IS NULL ORDER BY finish_by, ref LIMIT ?"
_ENDED = f"""
SELECT {shared.RIGHT} FROM rights WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, ref LIMIT ?
"""


class RightsUnit(Carried):
    """What a unit can do about rights."""

    async def rights(self, refs: Sequence[str]) -> dict[str, Right]:
        rows = await self._read(_RIGHTS, refs)
        return {row[0]: shared.read_right(self._vault, row) for row in rows}

    async def rights_of(self, accounts: Sequence[bytes]) -> list[Right]:
        rows = await self._read(_OF, hexes(accounts))
        return [shared.read_right(self._vault, row) for row in rows]

    async def save_rights(self, rows: Sequence[Right]) -> None:
        self._write(_SAVE, [shared.right(self._vault, row) for row in rows])

    async def holdings(self, chat: str, account: bytes) -> list[Holding]:
        return [Holding(*row) for row in await self._read(_HOLDINGS, [chat], hexes([account]))]

    async def consents_of(self, chats: Sequence[str]) -> list[Consent]:
        rows = await self._read(_CONSENTS, chats)
        return [Consent(row[0], row[1], bool(row[2]), *row[3:]) for row in rows]

    async def erase(self, chats: Sequence[str]) -> None:
        for chat in chats:
            half = self._halves[chat] = self._vault.new_half()
            for text in _ERASE:
                self._write(text, [(chat, half) if "?2" in text else (chat,)])


class RightsLooks(InboxLooks):
    """What the store tells of rights."""

    async def due_rights(self, *, now: float, limit: int) -> list[Right]:
        rows = await self._look(partial(fetch, _DUE, (now, limit)))
        return [shared.read_right(self._vault, row) for row in rows]

    async def list_rights(self, *, ended: bool, limit: int) -> list[Right]:
        rows = await self._look(partial(fetch, _ENDED if ended else _OPEN, (limit,)))
        return [shared.read_right(self._vault, row) for row in rows]

    async def scrub(self) -> None:
        """Fold the log back and cut it off: it still held what was erased, and halves of keys."""
        if self._path != MEMORY:
            await self._look(partial(fetch, "PRAGMA wal_checkpoint(TRUNCATE)", ()))
