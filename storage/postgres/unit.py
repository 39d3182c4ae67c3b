"""One open transaction and its batch methods.

**Locks are taken in one order by every unit of every process**, so that none waits in a circle:
rows for chats never seen (sorted), the rows of the chats (sorted), the accounts (sorted), then
rows table by table in the order of the writes (sorted by key), the mark of time, and last of all
the head of the audit chain, which every unit that acts must have: it is held for one statement
and the commit. Name all chats in one call, before all accounts in one call.

Writes are sealed at once but travel with the next read or with the commit. A unit in which
anything failed, or was cut off by a cancellation, takes no further work.
"""

from collections.abc import Sequence

from storage import sealed
from storage.base import (
    Act,
    Challenge,
    Consent,
    Conversation,
    HandOverRequest,
    Line,
    Link,
    Member,
    Outbound,
    Page,
    Password,
    Seen,
    SetAside,
    Tally,
    Unavailable,
)
from storage.postgres import audit, post, registry
from storage.postgres import statements as sql
from storage.postgres.wire import Row, Wire
from storage.postgres.writes import Write, joined, rounds
from storage.vault import Vault

Key = tuple[str, int, str]

NOTHING_SAID = -1  # turn of a row that is only there to be locked


class PostgresUnit:
    """The batch methods of one open transaction."""

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
        self._over = False
        self.queued = False  # whether anything is to be sent

    # --- reading ---------------------------------------------------------------------

    async def conversations(self, chats: Sequence[str]) -> dict[str, Conversation]:
        rows = await self._hold_chats(chats) if chats else []
        said = (row for row in rows if row[1] != NOTHING_SAID)
        return {row[0]: sealed.read_conversation(self._vault, row) for row in said}

    async def first_seen(self, marks: Sequence[Seen]) -> set[str]:
        if not marks:
            return set()
        keys, times = zip(*sorted((mark.key, mark.at) for mark in marks), strict=True)
        return {key for (key,) in await self._read(sql.FIRST_SEEN, keys, times)}

    async def challenges(self, keys: Sequence[Key]) -> dict[Key, Challenge]:
        if not keys:
            return {}
        if not self._chats.issuperset(chats := {chat for chat, _, _ in keys}):
            await self._hold_chats([*chats])
        found = await self._challenges(keys)
        self._codes |= found
        return {key: sealed.read_challenge(row) for key, row in found.items()}

    async def members(self, identifiers: Sequence[str]) -> dict[str, Member]:
        accounts, nationals = sealed.asked(self._vault, identifiers)
        if not (asked := accounts | nationals):
            return {}
        await self._hold_accounts([*accounts], [*nationals])
        rows = await self._read(registry.NEAREST, [*accounts], [*nationals])
        # Every row is opened, also the neighbour of a key that nobody has (R27).
        near = [(row[0], row[1], sealed.read_member(self._vault, row[2:])) for row in rows]
        found = {asked[wanted]: row for wanted, key, row in near if wanted == key}
        self._accounts.update(member.account for member in found.values())
        return found

    async def tallies(self, keys: Sequence[bytes]) -> list[Tally]:
        return [Tally(*row) for row in await self._read(sql.TALLIES, keys)] if keys else []

    async def pages(self, token_hashes: Sequence[bytes]) -> dict[bytes, Page]:
        rows = await self._read(sql.PAGES, token_hashes) if token_hashes else []
        return {row[0]: Page(*row) for row in rows}

    async def links(self, accounts: Sequence[bytes]) -> list[Link]:
        if not accounts:
            return []
        if not self._accounts.issuperset(accounts):
            await self._hold_accounts(accounts, [])
        return [Link(*row) for row in await self._read(sql.LINKS, accounts)]

    # --- writing ---------------------------------------------------------------------

    async def save_conversations(self, rows: Sequence[Conversation]) -> None:
        values = [sealed.conversation(self._vault, row) for row in rows]
        self._write(sql.SAVE_CONVERSATIONS, values, key=1)

    async def save_challenges(self, rows: Sequence[Challenge]) -> None:
        for row in rows:
            self._codes.pop((row.chat, row.run, row.slot), None)
        self._write(sql.SAVE_CHALLENGES, [sealed.fields(row) for row in rows], key=3)

    async def void_challenges(self, accounts: Sequence[bytes], at: float) -> None:
        if accounts:
            self._codes.clear()
            self._waiting.append(Write(sql.VOID_CHALLENGES, (at, accounts)))

    async def add_tallies(self, rows: Sequence[Tally]) -> None:
        values = [(*sealed.fields(row), self._shard, self._now) for row in rows]
        self._write(sql.ADD_TALLIES, values, key=2)

    async def clear_tallies(self, keys: Sequence[bytes]) -> None:
        if keys:
            self._waiting.append(Write(sql.CLEAR_TALLIES, (keys,)))

    async def save_pages(self, rows: Sequence[Page]) -> None:
        self._write(sql.SAVE_PAGES, [sealed.fields(row) for row in rows], key=1)

    async def set_passwords(self, rows: Sequence[Password]) -> None:
        values = [(row.account, *sealed.password(row)[:-1]) for row in rows]
        self._write(registry.SET_PASSWORDS, values, key=1)

    async def add_links(self, rows: Sequence[Link]) -> None:
        self._write(sql.ADD_LINKS, [sealed.fields(row) for row in rows], key=2)

    async def add_consents(self, rows: Sequence[Consent]) -> None:
        self._write(sql.ADD_CONSENTS, [sealed.fields(row) for row in rows])

    async def add_lines(self, rows: Sequence[Line]) -> None:
        self._write(sql.ADD_LINES, [sealed.line(self._vault, row) for row in rows])

    async def add_hand_overs(self, rows: Sequence[HandOverRequest]) -> None:
        self._write(sql.ADD_HAND_OVERS, [sealed.fields(row) for row in rows])

    async def add_acts(self, rows: Sequence[Act]) -> None:
        self._acts += rows

    async def add_outbound(self, rows: Sequence[Outbound], at: float) -> None:
        self.queued = self.queued or bool(rows)
        self._write(post.ADD, [sealed.outbound(self._vault, row, at) for row in rows])

    async def set_aside(self, rows: Sequence[SetAside]) -> None:
        self._write(sql.SET_ASIDE, [sealed.aside(self._vault, row) for row in rows], key=1)

    # --- carrying --------------------------------------------------------------------

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
        self._accounts.update(accounts, nationals)
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
