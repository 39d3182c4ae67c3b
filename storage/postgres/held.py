"""The transaction under a unit: what it has locked, and what waits to be sent with the next read.

`unit.py` says in which order locks are taken. A unit in which anything failed, or was cut off by
a cancellation, takes no further work.
"""

from collections.abc import Sequence

from storage.base import Act, Unavailable
from storage.postgres import audit
from storage.postgres import statements as sql
from storage.postgres.wire import Row, Wire
from storage.postgres.writes import Write, joined, rounds
from storage.vault import Vault

Key = tuple[str, int, str]


class Held:
    """One open transaction, its locks, and the writes that wait for it."""

    def __init__(self, wire: Wire, vault: Vault, audit_key: bytes, now: float, shard: int) -> None:
        self._wire = wire
        self._vault = vault
        self._audit_key = audit_key
        self._now = now
        self._shard = shard
        self._waiting: list[Write] = []
        self._acts: list[Act] = []
        self._chats: set[str] = set()
        self._accounts: set[bytes] = set()
        self._codes: dict[Key, Row] = {}  # as read, and not written since
        self._halves: dict[str, bytes] = {}  # by chat, as looked up or made here
        self._over = False
        self.queued = False  # whether anything is to be sent

    async def finish(self, *, mark_time: bool) -> None:
        """Send what waits, the head of the audit chain last. To be followed by the commit."""
        await self._send()
        if mark_time:
            await self._carry(sql.HIGH_WATER, (self._now,))
        if self._acts:
            await audit.append(self._wire, self._audit_key, self._acts)

    def close(self) -> None:
        """Take no further work."""
        self._over = True

    async def _hold_chats(self, chats: Sequence[str]) -> list[Row]:
        """Lock the rows of these chats, and read them."""
        asked = sorted(set(chats))
        if not self._chats.issuperset(asked):
            await self._read(sql.STUBS, asked)
            self._chats.update(asked)
        return await self._read(sql.CONVERSATIONS, asked)

    async def _hold_accounts(self, accounts: Sequence[bytes], nationals: Sequence[bytes]) -> None:
        """Lock these accounts, then see that no code read before has changed meanwhile."""
        await self._read(sql.LOCK_ACCOUNTS, accounts, nationals)
        await self._locked(*accounts, *nationals)

    async def _hold_behind(self, text: str, keys: Sequence[object]) -> bool:
        """Lock the accounts that these rows belong to; whether there are any."""
        found = [account for account, _ in await self._read(text, keys)]
        if not self._accounts.issuperset(found):
            await self._locked(*found)
        return bool(found)

    async def _locked(self, *accounts: bytes) -> None:
        self._accounts.update(accounts)
        if self._codes and await self._challenges([*self._codes]) != self._codes:
            self._over = True
            raise Unavailable("another process acted on the same account; try again")

    async def _challenges(self, keys: Sequence[Key]) -> dict[Key, Row]:
        rows = await self._read(sql.CHALLENGES, *zip(*keys, strict=True))
        return {row[:3]: row for row in map(tuple, rows)}

    async def _read(self, text: str, *values: object) -> list[Row]:
        await self._send()
        return await self._carry(text, values)

    def _write(self, text: str, rows: Sequence[Row], *, key: int = 0) -> None:
        for batch in rounds(rows, key):
            self._waiting.append(Write(text, list(zip(*batch, strict=True))))

    async def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        for text, values in joined(waiting):
            await self._carry(text, values)

    async def _carry(self, text: str, values: Sequence[object]) -> list[Row]:
        if self._over:
            raise Unavailable("this unit of work has failed or ended; begin another one")
        try:
            return await self._wire.fetch(text, *values)
        except BaseException:
            # Also when cancelled: nobody would see an error of what is still under way.
            self._over = True
            raise
