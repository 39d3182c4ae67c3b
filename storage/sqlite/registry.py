"""The registry of members: found by blind index, personal fields sealed as one value."""

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from storage.base import Conflict, Member, Person
from storage.vault import Vault

COLUMNS = """
members.account, members.personal, members.state, members.password_hash,
members.password_until, members.must_change
"""
FIND = f"""
SELECT asked.value, {COLUMNS} FROM json_each(:accounts) AS asked
CROSS JOIN members ON members.account = unhex(asked.value)
UNION ALL
SELECT asked.value, {COLUMNS} FROM json_each(:nationals) AS asked
CROSS JOIN members ON members.national_idx = unhex(asked.value)
"""  # noqa: S608 - made of constants
SET_PASSWORD = """
UPDATE members SET password_hash = ?, password_until = ?, must_change = ? WHERE account = ?
"""
_PAGE = f"SELECT id, {COLUMNS} FROM members WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608
_KNOWN = """
SELECT account, personal FROM json_each(?) AS asked
CROSS JOIN members ON account = unhex(asked.value)
"""
_ADD = """
INSERT INTO members (account, national_idx, phone_idx, email_idx, personal,
                     state, password_hash, password_until, must_change)
VALUES (?, ?, ?, ?, ?, 'active', '', NULL, 0)
ON CONFLICT (account) DO UPDATE SET national_idx = excluded.national_idx,
    phone_idx = excluded.phone_idx, email_idx = excluded.email_idx, personal = excluded.personal
"""
_BHXH_DIGITS = 10
_NATIONAL_DIGITS = 12

_decoder = msgspec.json.Decoder(Person)


def wanted(vault: Vault, identifiers: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Map blind index (hex) to identifier, for BHXH and for personal numbers."""
    return (
        {vault.index("bhxh", i).hex(): i for i in identifiers if len(i) == _BHXH_DIGITS},
        {vault.index("national", i).hex(): i for i in identifiers if len(i) == _NATIONAL_DIGITS},
    )


def member(vault: Vault, row: Sequence[Any]) -> Member:
    """Open a row of `COLUMNS`."""
    account, personal, state, password_hash, password_until, must_change = row
    person = _open(vault, account, personal)
    return Member(account, person, state, password_hash, password_until, bool(must_change))


def nobody(vault: Vault) -> None:
    """Open a row that means nothing; for the time it takes."""
    member(vault, _nobody(vault))


@lru_cache(maxsize=8)
def _nobody(vault: Vault) -> tuple[Any, ...]:
    account = bytes(16)
    person = Person("0" * 10, "0" * 12, "-" * 20, "-" * 10, "-" * 12, "-" * 20, "-" * 20)
    sealed = vault.seal("members", account.hex(), "personal", msgspec.json.encode(person))
    return (account, sealed, "active", "", None, 0)


def page(db: sqlite3.Connection, after: int, limit: int) -> list[tuple[Any, ...]]:
    """Read rows of id and `COLUMNS`, in the order of insertion."""
    return db.execute(_PAGE, (after, limit)).fetchall()


def add(db: sqlite3.Connection, vault: Vault, people: Sequence[Person]) -> int:
    """Insert or update; an empty field leaves what is stored."""
    named = [(vault.index("bhxh", person.bhxh_number), person) for person in people]
    latest = _known(db, vault, [account for account, _ in named])
    for account, person in named:
        latest[account] = _over(latest.get(account), person)
    rows = [_row(vault, account, person) for account, person in latest.items()]
    try:
        db.executemany(_ADD, rows)
    except sqlite3.IntegrityError as error:
        raise Conflict("a personal number belongs to another account already") from error
    return len(rows)


def _known(db: sqlite3.Connection, vault: Vault, accounts: list[bytes]) -> dict[bytes, Person]:
    asked = msgspec.json.encode([account.hex() for account in accounts]).decode()
    rows = db.execute(_KNOWN, (asked,))
    return {account: _open(vault, account, personal) for account, personal in rows}


def _over(former: Person | None, person: Person) -> Person:
    if former is None:
        return person
    pairs = zip(*map(msgspec.structs.astuple, (person, former)), strict=True)
    return Person(*(new or old for new, old in pairs))


def _row(vault: Vault, account: bytes, person: Person) -> tuple[bytes | None, ...]:
    return (
        account,
        _index(vault, "national", person.national_id),
        _index(vault, "phone", person.phone),
        _index(vault, "email", person.email.lower()),
        vault.seal("members", account.hex(), "personal", msgspec.json.encode(person)),
    )


def _index(vault: Vault, kind: str, value: str) -> bytes | None:
    return vault.index(kind, value) if value else None


def _open(vault: Vault, account: bytes, personal: bytes) -> Person:
    return _decoder.decode(vault.open("members", account.hex(), "personal", personal))
