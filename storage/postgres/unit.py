"""One open transaction and its batch methods.

**Locks are taken in one order by every unit of every process**, so that none waits in a circle:
rows for chats never seen (sorted), the rows of the chats (sorted), the accounts (sorted), then
rows table by table in the order of the writes (sorted by key), the mark of time, and last of all
the head of the audit chain, which every unit that acts must have: it is held for one statement
and the commit. Name all chats in one call, before all accounts in one call. An account that only
shows in what is looked up is locked when it shows; should two units then wait in a circle, the
database ends one of them, and that is told to try again.

Writes are sealed at once but travel with the next read or with the commit (`held.py`).
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
)
from storage.postgres import post, registry
from storage.postgres import statements as sql
from storage.postgres.held import Key
from storage.postgres.requests import RequestUnit
from storage.postgres.writes import Write

NOTHING_SAID = -1  # turn of a row that is only there to be locked


class PostgresUnit(RequestUnit):
    """The batch methods of one open transaction; those about requests are in `requests.py`."""

    # --- reading ---------------------------------------------------------------------

    async def conversations(self, chats: Sequence[str]) -> dict[str, Conversation]:
        rows = await self._hold_chats(chats) if chats else []
        self._halves |= {row[0]: row[-1] for row in rows}
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

    async def hand_overs(self, chats: Sequence[str]) -> dict[str, HandOverRequest]:
        rows = await self._read(sql.HAND_OVERS, chats) if chats else []
        return {row[0]: HandOverRequest(*row) for row in rows}

    async def ahead(self, places: Sequence[tuple[float, str]]) -> dict[str, int]:
        if not places:
            return {}
        rows = await self._read(sql.AHEAD, *zip(*places, strict=True))
        return {chat: before for chat, before in rows}  # noqa: C416 - records are no tuples

    async def _halves_of(self, chats: Sequence[str], *, new: bool = False) -> dict[str, bytes]:
        """What each chat's key is made of; `new`: made for those who have none."""
        if unknown := [chat for chat in chats if chat not in self._halves]:
            await self.conversations(unknown)
        if new:
            made = {chat: self._vault.new_half() for chat in chats if not self._halves[chat]}
            self._halves |= made
        return self._halves

    # --- writing ---------------------------------------------------------------------

    async def save_conversations(self, rows: Sequence[Conversation]) -> None:
        halves = await self._halves_of([row.chat for row in rows], new=True)
        values = [sealed.conversation(self._vault, row, halves[row.chat]) for row in rows]
        self._write(sql.SAVE_CONVERSATIONS, values, key=1)

    async def save_challenges(self, rows: Sequence[Challenge]) -> None:
        for row in rows:
            self._codes.pop((row.chat, row.run, row.slot), None)
        self._write(sql.SAVE_CHALLENGES, [sealed.fields(row) for row in rows], key=3)

    async def void_challenges(self, accounts: Sequence[bytes], at: float) -> None:
        if accounts:
            self._codes.clear()
            self._waiting.append(Write(sql.VOID_CHALLENGES, (at, accounts)))
            self._waiting.append(Write(sql.VOID_PAGES, (at, accounts)))

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
        self._write(sql.ADD_LINKS, [(row.account, row.chat, row.at) for row in rows], key=2)

    async def add_consents(self, rows: Sequence[Consent]) -> None:
        self._write(sql.ADD_CONSENTS, [sealed.fields(row) for row in rows])

    async def add_lines(self, rows: Sequence[Line]) -> None:
        halves = await self._halves_of([row.chat for row in rows])
        values = [sealed.line(self._vault, row, halves[row.chat]) for row in rows]
        self._write(sql.ADD_LINES, values)

    async def save_hand_overs(self, rows: Sequence[HandOverRequest]) -> None:
        self._write(sql.SAVE_HAND_OVERS, [sealed.fields(row) for row in rows], key=1)

    async def rate_hand_overs(self, ratings: Sequence[tuple[str, str]]) -> None:
        self._write(sql.RATE_HAND_OVERS, ratings, key=1)

    async def add_acts(self, rows: Sequence[Act]) -> None:
        self._acts += rows

    async def add_outbound(self, rows: Sequence[Outbound], at: float) -> None:
        self.queued = self.queued or bool(rows)
        self._write(post.ADD, [sealed.outbound(self._vault, row, at) for row in rows])

    async def set_aside(self, rows: Sequence[SetAside]) -> None:
        self._write(sql.SET_ASIDE, [sealed.aside(self._vault, row) for row in rows], key=1)
