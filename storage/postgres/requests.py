"""Contacts, changes of them, dossiers and pictures within one open transaction.

What is looked up by anything else than an account is read after the accounts it belongs to were
locked, so that it does not change under the unit. A contact is locked last, when it is given to
somebody: whoever else has come to hold it since the unit looked is a conflict.
"""

from collections.abc import Collection, Sequence

from storage import sealed, sealed_requests
from storage.base import Change, Conflict, Contact, Dossier, Edge, Member, Person, Photo, Standing
from storage.postgres import registry
from storage.postgres import request_statements as sql
from storage.postgres.inbox import InboxUnit
from storage.postgres.operations import OperationsUnit
from storage.postgres.rights import RightsUnit
from storage.postgres.staff import StaffUnit
from storage.postgres.wire import Row, Wire
from storage.postgres.writes import Write
from storage.vault import Vault

_TAKEN = "somebody else has come to hold this contact meanwhile; look at it again"


class RequestUnit(StaffUnit, InboxUnit, RightsUnit, OperationsUnit):
    """What a unit can do about requests."""

    def __init__(self, wire: Wire, vault: Vault, audit_key: bytes, now: float, shard: int) -> None:
        super().__init__(wire, vault, audit_key, now, shard)
        self._holders: dict[str, frozenset[bytes]] = {}  # as last looked at

    # --- contacts, and who may use an account ----------------------------------------

    async def members_of(self, accounts: Sequence[bytes]) -> dict[bytes, Member]:
        rows = await self._of_accounts(sql.MEMBERS_OF, accounts)
        return {row[0]: sealed.read_member(self._vault, row) for row in rows}

    async def holders(self, contacts: Sequence[str]) -> dict[str, frozenset[bytes]]:
        if not contacts:
            return {}
        held = await self._held_by(contacts)
        self._holders |= {contact: held.get(contact, frozenset()) for contact in contacts}
        return held

    async def changes(self, refs: Sequence[str]) -> dict[str, Change]:
        rows = await self._behind(sql.LOCK_CHANGES, sql.CHANGES, refs)
        return {row.ref: row for row in self._opened(rows)}

    async def changes_of(self, accounts: Sequence[bytes], since: float) -> list[Change]:
        return self._opened(await self._of_accounts(sql.CHANGES_OF, accounts, since))

    async def changes_marked(self, marks: Sequence[bytes]) -> dict[bytes, Change]:
        rows = await self._behind(sql.LOCK_CHANGES_MARKED, sql.CHANGES_MARKED, marks)
        return {row.undo_mark: row for row in self._opened(rows)}

    async def save_changes(self, rows: Sequence[Change]) -> None:
        values = [sealed_requests.change(self._vault, row) for row in rows]
        self._write(sql.SAVE_CHANGES, values, key=1)

    async def open_members(self, people: Sequence[Person]) -> None:
        if not people:
            return
        contacts = {contact for it in people for contact in (it.phone, it.email)}
        await self._hold_contacts(contacts & self._holders.keys())
        named = [(self._vault.index("bhxh", it.bhxh_number), it) for it in people]
        rows = [sealed.member(self._vault, account, person) for account, person in named]
        if len(await self._read(registry.OPEN, *zip(*rows, strict=True))) != len(rows):
            self._over = True
            raise Conflict(sealed_requests.HAS_ONE)

    async def set_contacts(self, rows: Sequence[Contact]) -> None:
        if not rows:
            return
        stored = await self._of_accounts(registry.KNOWN, [row.account for row in rows])
        await self._hold_contacts({row.value for row in rows} & self._holders.keys())
        people = registry.opened(self._vault, stored)
        changed = sealed_requests.with_contacts(self._vault, people, rows)
        self._write(registry.SET_CONTACTS, changed, key=1)

    async def set_standings(self, rows: Sequence[Standing]) -> None:
        values = [(row.account, row.state, row.at) for row in rows]
        self._write(sql.SET_STANDINGS, values, key=1)

    # --- dossiers ----------------------------------------------------------------------

    async def dossiers(self, refs: Sequence[str]) -> dict[str, Dossier]:
        rows = await self._behind(sql.LOCK_DOSSIERS, sql.DOSSIERS, refs)
        return {row.ref: row for row in self._unsealed(rows)}

    async def dossiers_of(self, accounts: Sequence[bytes]) -> list[Dossier]:
        return self._unsealed(await self._of_accounts(sql.DOSSIERS_OF, accounts))

    async def dossiers_from(self, chats: Sequence[str]) -> list[Dossier]:
        rows = await self._behind(sql.LOCK_DOSSIERS_FROM, sql.DOSSIERS_FROM, chats)
        return self._unsealed(rows)

    async def save_dossiers(self, rows: Sequence[Dossier]) -> None:
        for batch in sealed_requests.rounds(rows):
            values = [sealed_requests.dossier(self._vault, row, self._now) for row in batch]
            saved = await self._read(sql.SAVE_DOSSIERS, *zip(*values, strict=True))
            if len(saved) != len(batch):
                self._over = True
                raise Conflict(sealed_requests.MOVED_ON)

    async def add_edges(self, rows: Sequence[Edge]) -> None:
        self._write(sql.ADD_EDGES, [sealed_requests.edge(self._vault, row) for row in rows])

    async def edges(self, refs: Sequence[str]) -> list[Edge]:
        rows = await self._read(sql.EDGES, refs) if refs else []
        return [sealed_requests.read_edge(self._vault, row) for row in rows]

    # --- pictures ----------------------------------------------------------------------

    async def add_photos(self, rows: Sequence[Photo]) -> None:
        values = [sealed_requests.photo(self._vault, row) for row in rows]
        self._write(sql.ADD_PHOTOS, values, key=1)

    async def photos(self, chat_runs: Sequence[tuple[str, int]]) -> list[Photo]:
        if not chat_runs:
            return []
        rows = await self._read(sql.PHOTOS, *zip(*chat_runs, strict=True))
        return [sealed_requests.read_photo(self._vault, row) for row in rows]

    async def give_photos(self, chat: str, run: int, dossier: str) -> None:
        self._waiting.append(Write(sql.GIVE_PHOTOS, (dossier, chat, run)))

    async def photos_in(self, dossiers: Sequence[str]) -> list[Photo]:
        rows = await self._read(sql.PHOTOS_IN, dossiers) if dossiers else []
        return [sealed_requests.read_photo(self._vault, row) for row in rows]

    # --- reading under a lock ------------------------------------------------------------

    async def _held_by(self, contacts: Sequence[str]) -> dict[str, frozenset[bytes]]:
        phones, mails = sealed_requests.marks(self._vault, contacts)
        found = await self._read(sql.HOLDERS, [*phones.values()], [*mails.values()])
        return sealed_requests.held(phones | mails, found)

    async def _hold_contacts(self, contacts: Collection[str]) -> None:
        """Lock contacts that were looked at, and see that nobody has come to hold one since."""
        if not contacts:
            return
        phones, mails = sealed_requests.marks(self._vault, [*contacts])
        await self._read(sql.LOCK_CONTACTS, [*phones.values(), *mails.values()])
        held = await self._held_by([*contacts])
        if any(held.get(contact, frozenset()) - self._holders[contact] for contact in contacts):
            self._over = True
            raise Conflict(_TAKEN)

    async def _of_accounts(self, text: str, accounts: Sequence[bytes], *more: object) -> list[Row]:
        if not accounts:
            return []
        if not self._accounts.issuperset(accounts):
            await self._hold_accounts(accounts, [])
        return await self._read(text, accounts, *more)

    async def _behind(self, lock: str, text: str, keys: Sequence[object]) -> list[Row]:
        if not keys or not await self._hold_behind(lock, keys):
            return []
        return await self._read(text, keys)

    def _opened(self, rows: Sequence[Row]) -> list[Change]:
        return [sealed_requests.read_change(self._vault, row) for row in rows]

    def _unsealed(self, rows: Sequence[Row]) -> list[Dossier]:
        return [sealed_requests.read_dossier(self._vault, row) for row in rows]
