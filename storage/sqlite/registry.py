"""The registry of members: found by blind index, personal fields sealed as one value."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from storage.base import Conflict, Contact, Person
from storage.sealed import member, read_person, updated
from storage.sealed_requests import HAS_ONE, with_contacts
from storage.vault import Vault

COLUMNS = """
members.account, members.personal, members.state, members.password_hash,
members.password_until, members.must_change
"""
# The row at or after each key: a key that nobody has costs as much as one that somebody has (R27).
NEAREST = f"""
SELECT unhex(asked.value), members.account, {COLUMNS} FROM json_each(:accounts) AS asked
CROSS JOIN members ON members.id = (
    SELECT id FROM members AS near WHERE near.account >= unhex(asked.value)
    ORDER BY near.account LIMIT 1)
UNION ALL
SELECT unhex(asked.value), members.national_idx, {COLUMNS} FROM json_each(:nationals) AS asked
CROSS JOIN members ON members.id = (
    SELECT id FROM members AS near WHERE near.national_idx >= unhex(asked.value)
    ORDER BY near.national_idx LIMIT 1)
"""  # noqa: S608 - made of constants
SET_PASSWORD = """
UPDATE members SET password_hash = ?, password_until = ?, must_change = ? WHERE account = ?
"""
_PAGE = f"SELECT id, {COLUMNS} FROM members WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608
_KNOWN = """
SELECT account, personal FROM json_each(?) AS asked
CROSS JOIN members ON account = unhex(asked.value)
"""
_OPEN = """
INSERT INTO members (account, national_idx, phone_idx, email_idx, personal,
                     state, password_hash, password_until, must_change)
VALUES (?, ?, ?, ?, ?, 'active', '', NULL, 0)
"""
_ADD = f"""{_OPEN}
ON CONFLICT (account) DO UPDATE SET national_idx = excluded.national_idx,
    phone_idx = excluded.phone_idx, email_idx = excluded.email_idx, personal = excluded.personal
"""
_SET_CONTACTS = (
    "UPDATE members SET phone_idx = ?2, email_idx = ?3, personal = ?4 WHERE account = ?1"
)


def page(db: sqlite3.Connection, after: int, limit: int) -> list[tuple[Any, ...]]:
    """Read rows of id and `COLUMNS`, in the order of insertion."""
    return db.execute(_PAGE, (after, limit)).fetchall()


def add(db: sqlite3.Connection, vault: Vault, people: Sequence[Person]) -> int:
    """Insert or update; an empty field leaves what is stored."""
    named = [(vault.index("bhxh", person.bhxh_number), person) for person in people]
    latest = _known(db, vault, [account for account, _ in named])
    for account, person in named:
        latest[account] = updated(latest.get(account), person)
    rows = [member(vault, account, person) for account, person in latest.items()]
    try:
        db.executemany(_ADD, rows)
    except sqlite3.IntegrityError as error:
        raise Conflict("a personal number belongs to another account already") from error
    return len(rows)


def open_new(db: sqlite3.Connection, vault: Vault, people: Sequence[Person]) -> None:
    """Insert people of whom nobody has an account."""
    rows = [member(vault, vault.index("bhxh", person.bhxh_number), person) for person in people]
    try:
        db.executemany(_OPEN, rows)
    except sqlite3.IntegrityError as error:
        raise Conflict(HAS_ONE) from error


def set_contacts(db: sqlite3.Connection, vault: Vault, contacts: Sequence[Contact]) -> None:
    """Lay new contacts over what is stored."""
    stored = _known(db, vault, [row.account for row in contacts])
    db.executemany(_SET_CONTACTS, with_contacts(vault, stored, contacts))


def _known(db: sqlite3.Connection, vault: Vault, accounts: list[bytes]) -> dict[bytes, Person]:
    asked = msgspec.json.encode([account.hex() for account in accounts]).decode()
    rows = db.execute(_KNOWN, (asked,))
    return {account: read_person(vault, account, personal) for account, personal in rows}
