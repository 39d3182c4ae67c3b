"""One open transaction and its batch methods.

Writes are sealed at once but travel together with the next read or with the commit
(`carried.py`): a whole turn costs one hop per read and one for everything it writes.
"""

from collections.abc import Sequence
from functools import partial

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
from storage.sqlite import audit, post, registry
from storage.sqlite import statements as sql
from storage.sqlite.carried import hexes
from storage.sqlite.requests import RequestUnit


class SqliteUnit(RequestUnit):
    """The batch methods of one open transaction; those about requests are in `requests.py`."""

    # --- reading ---------------------------------------------------------------------

    async def conversations(self, chats: Sequence[str]) -> dict[str, Conversation]:
        rows = await self._read(sql.CONVERSATIONS, chats)
        self._halves |= dict.fromkeys(chats, b"") | {row[0]: row[-1] for row in rows}
        return {row[0]: sealed.read_conversation(self._vault, row) for row in rows}

    async def first_seen(self, marks: Sequence[Seen]) -> set[str]:
        rows = await self._read(sql.FIRST_SEEN, [(mark.key, mark.at) for mark in marks])
        return {key for (key,) in rows}

    async def challenges(
        self, keys: Sequence[tuple[str, int, str]]
    ) -> dict[tuple[str, int, str], Challenge]:
        rows = await self._read(sql.CHALLENGES, keys)
        return {row[:3]: sealed.read_challenge(row) for row in rows}

    async def members(self, identifiers: Sequence[str]) -> dict[str, Member]:
        accounts, nationals = sealed.asked(self._vault, identifiers)
        rows = await self._read(registry.NEAREST, hexes([*accounts]), hexes([*nationals]))
        # Every row is opened, also the neighbour of a key that nobody has (R27).
        near = [(row[0], row[1], sealed.read_member(self._vault, row[2:])) for row in rows]
        return {(accounts | nationals)[asked]: row for asked, key, row in near if asked == key}

    async def tallies(self, keys: Sequence[bytes]) -> list[Tally]:
        return [Tally(*row) for row in await self._read(sql.TALLIES, hexes(keys))]

    async def pages(self, token_hashes: Sequence[bytes]) -> dict[bytes, Page]:
        return {row[0]: Page(*row) for row in await self._read(sql.PAGES, hexes(token_hashes))}

    async def links(self, accounts: Sequence[bytes]) -> list[Link]:
        return [Link(*row) for row in await self._read(sql.LINKS, hexes(accounts))]

    async def hand_overs(self, chats: Sequence[str]) -> dict[str, HandOverRequest]:
        rows = await self._read(sql.HAND_OVERS, chats)
        return {row[0]: HandOverRequest(*row) for row in rows}

    async def ahead(self, places: Sequence[tuple[float, str]]) -> dict[str, int]:
        return dict(await self._read(sql.AHEAD, places))

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
        self._write(sql.SAVE_CONVERSATION, values)

    async def save_challenges(self, rows: Sequence[Challenge]) -> None:
        self._write(sql.SAVE_CHALLENGE, [sealed.fields(row) for row in rows])

    async def void_challenges(self, accounts: Sequence[bytes], at: float) -> None:
        voided = [(at, account) for account in accounts]
        self._write(sql.VOID_CHALLENGES, voided)
        self._write(sql.VOID_PAGES, voided)

    async def add_tallies(self, rows: Sequence[Tally]) -> None:
        self._write(sql.ADD_TALLY, [(*sealed.fields(row), self._now) for row in rows])

    async def clear_tallies(self, keys: Sequence[bytes]) -> None:
        self._write(sql.CLEAR_TALLY, [(key,) for key in keys])

    async def save_pages(self, rows: Sequence[Page]) -> None:
        self._write(sql.SAVE_PAGE, [sealed.fields(row) for row in rows])

    async def set_passwords(self, rows: Sequence[Password]) -> None:
        self._write(registry.SET_PASSWORD, [sealed.password(row) for row in rows])

    async def add_links(self, rows: Sequence[Link]) -> None:
        self._write(sql.ADD_LINK, [(row.account, row.chat, row.at) for row in rows])

    async def add_consents(self, rows: Sequence[Consent]) -> None:
        self._write(sql.ADD_CONSENT, [sealed.fields(row) for row in rows])

    async def add_lines(self, rows: Sequence[Line]) -> None:
        halves = await self._halves_of([row.chat for row in rows])
        values = [sealed.line(self._vault, row, halves[row.chat]) for row in rows]
        self._write(sql.ADD_LINE, values)

    async def save_hand_overs(self, rows: Sequence[HandOverRequest]) -> None:
        self._write(sql.SAVE_HAND_OVER, [sealed.fields(row) for row in rows])

    async def rate_hand_overs(self, ratings: Sequence[tuple[str, str]]) -> None:
        self._write(sql.RATE_HAND_OVER, list(ratings))

    async def add_acts(self, rows: Sequence[Act]) -> None:
        if rows:
            self._waiting.append(partial(audit.append, key=self._audit_key, acts=rows))

    async def add_outbound(self, rows: Sequence[Outbound], at: float) -> None:
        self._write(post.ADD, [sealed.outbound(self._vault, row, at) for row in rows])

    async def set_aside(self, rows: Sequence[SetAside]) -> None:
        self._write(sql.SET_ASIDE, [sealed.aside(self._vault, row) for row in rows])
