"""What changes of a contact, dossiers and pictures look like in the database.

The same for every engine; the rest of it is in `sealed.py`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter

import msgspec

from storage import sealed
from storage.people import Person
from storage.requests import Change, Contact, Dossier, Edge, Photo
from storage.sealed import Row
from storage.vault import Vault

# What a Conflict says.
MOVED_ON = "the dossier has moved on meanwhile; look at it again"
HAS_ONE = "this number has an account already; look at that one"
OPEN_ALREADY = "the account has an open dossier of this kind already; look at that one"

CONTACTS = ("phone", "email")  # what of a person can be changed alone

_change: Callable[[Change], Row] = attrgetter(*Change.__struct_fields__)
_dossier: Callable[[Dossier], Row] = attrgetter(*Dossier.__struct_fields__)
_edge: Callable[[Edge], Row] = attrgetter(*Edge.__struct_fields__)
_photo: Callable[[Photo], Row] = attrgetter(*Photo.__struct_fields__)


# --- contacts ------------------------------------------------------------------------


def with_contacts(
    vault: Vault, stored: Mapping[bytes, Person], contacts: Sequence[Contact]
) -> list[Row]:
    """Lay contacts over what is stored: account, both indexes, sealed fields of each member.

    An account that is not stored is passed over.
    """
    latest: dict[bytes, Person] = {}
    for row in contacts:
        if row.field not in CONTACTS:
            raise ValueError("a contact is a phone or an e-mail")
        former = latest.get(row.account) or stored.get(row.account)
        if former is not None:
            latest[row.account] = msgspec.structs.replace(former, **{row.field: row.value})
    rows = (sealed.member(vault, account, person) for account, person in latest.items())
    return [(account, *changed) for account, _, *changed in rows]


def marks(vault: Vault, contacts: Sequence[str]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Map phones and e-mails to their blind indexes."""
    return (
        {contact: vault.index("phone", contact) for contact in contacts if "@" not in contact},
        {contact: vault.index("email", contact.lower()) for contact in contacts if "@" in contact},
    )


def held(asked: Mapping[str, bytes], found: Sequence[Row]) -> dict[str, frozenset[bytes]]:
    """Sort accounts by the contact that led to them; rows are of its blind index and account."""
    holders: dict[bytes, set[bytes]] = {}
    for mark, account in found:
        holders.setdefault(mark, set()).add(account)
    return {
        contact: frozenset(holders[mark]) for contact, mark in asked.items() if mark in holders
    }


def change(vault: Vault, row: Change) -> Row:
    values = _change(row)
    before = vault.seal("changes", row.ref, "before", row.before.encode())
    after = vault.seal("changes", row.ref, "after", row.after.encode())
    return (*values[:3], before, after, *values[5:])


def read_change(vault: Vault, row: Row) -> Change:
    before = vault.open("changes", row[0], "before", row[3]).decode()
    after = vault.open("changes", row[0], "after", row[4]).decode()
    return Change(*(*row[:3], before, after, *row[5:]))


# --- dossiers ------------------------------------------------------------------------


def rounds(rows: Sequence[Dossier]) -> Iterator[list[Dossier]]:
    """Split steps so that no dossier has two at once, those that close one before the others."""
    left = list(rows)
    while left:
        batch: dict[str, Dossier] = {}
        for row in left:
            batch.setdefault(row.ref, row)
        yield sorted(batch.values(), key=lambda row: (row.is_open, row.ref))
        left = [row for row in left if batch[row.ref] is not row]


def dossier(vault: Vault, row: Dossier, now: float) -> Row:
    """Seal a dossier; when it was closed, if it is, goes behind it."""
    form = vault.seal("dossiers", row.ref, "form", row.form)
    return (*_dossier(row)[:-1], form, None if row.is_open else now)


def read_dossier(vault: Vault, row: Row) -> Dossier:
    form = vault.open("dossiers", row[0], "form", row[11])
    return Dossier(*(*row[:7], bool(row[7]), *row[8:11], form))


def edge(vault: Vault, row: Edge) -> Row:
    why = vault.seal("edges", f"{row.ref}/{row.version}", "why", row.why.encode())
    return (*_edge(row)[:-1], why)


def read_edge(vault: Vault, row: Row) -> Edge:
    why = vault.open("edges", f"{row[0]}/{row[1]}", "why", row[6])
    return Edge(*(*row[:6], why.decode()))


def photo(vault: Vault, row: Photo) -> Row:
    return (*_photo(row)[:-1], vault.seal("photos", row.ref, "image", row.image))


def read_photo(vault: Vault, row: Row) -> Photo:
    return Photo(*(*row[:5], vault.open("photos", row[0], "image", row[5])))
