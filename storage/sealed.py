"""What a row looks like in the database: its columns in order, personal ones sealed.

The same for every engine. A sealed value is bound to the table, row and column it was made for.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from storage.people import Member, Person
from storage.rows import (
    Challenge,
    Consent,
    Conversation,
    HandOverRequest,
    Line,
    Link,
    Outbound,
    Page,
    Parcel,
    Password,
    SetAside,
    Tally,
)
from storage.vault import Vault

Row = tuple[Any, ...]

BHXH_DIGITS = 10
NATIONAL_DIGITS = 12
MESSAGE = 10  # columns of a message after number, fence, tries, created_at, before its challenge

_person = msgspec.json.Decoder(Person)
_GETTERS: dict[type, Callable[[object], Row]] = {
    kind: attrgetter(*kind.__struct_fields__)
    for kind in (
        Challenge,
        Consent,
        Conversation,
        HandOverRequest,
        Link,
        Page,
        SetAside,
        Tally,
    )
}


def fields(row: object) -> Row:
    """Take the fields of a row in their order, which is that of its columns."""
    return _GETTERS[type(row)](row)


# --- conversations -------------------------------------------------------------------


def conversation(vault: Vault, row: Conversation, half: bytes) -> Row:
    memo = vault.seal("conversations", row.chat, "memo", row.memo, half) if row.memo else b""
    return (*fields(row)[:-1], memo, half)


def read_conversation(vault: Vault, row: Row) -> Conversation:
    *clear, memo, half = row
    opened = vault.open("conversations", row[0], "memo", memo, half) if memo else b""
    return Conversation(*(*clear, opened))


def read_challenge(row: Row) -> Challenge:
    return Challenge(*(*row[:-1], bool(row[-1])))


def line(vault: Vault, row: Line, half: bytes) -> Row:
    words = msgspec.json.encode((row.heard, row.said))
    sealed = vault.seal("transcript", f"{row.chat}/{row.turn}", "words", words, half)
    return (row.chat, row.turn, row.at, row.state, sealed)


def read_line(vault: Vault, row: Row) -> Line:
    chat, turn, at, state, words, half = row
    opened = vault.open("transcript", f"{chat}/{turn}", "words", words, half)
    heard, said = msgspec.json.decode(opened)
    return Line(chat, turn, at, state, heard, said)


def aside(vault: Vault, row: SetAside) -> Row:
    return (*fields(row)[:-1], vault.seal("set_aside", row.key, "payload", row.payload))


def read_aside(vault: Vault, row: Row) -> SetAside:
    *clear, payload = row
    return SetAside(*(*clear, vault.open("set_aside", row[0], "payload", payload)))


def password(row: Password) -> Row:
    return (row.password_hash, row.password_until, row.must_change, row.account)


# --- messages ------------------------------------------------------------------------


def outbound(vault: Vault, row: Outbound, at: float) -> Row:
    """Seal a message; address and body are one value, erased together."""
    letter = row.to.encode() + b"\0" + row.body
    return (
        row.ref,
        row.lane,
        row.channel,
        vault.seal("outbound", row.ref, "letter", letter),
        row.due,
        row.dies_at,
        row.chat,
        row.run,
        row.slot,
        row.counter,
        at,
        int(row.keep),
    )


def read_parcel(vault: Vault, row: Row) -> Parcel:
    """Open a claimed message, followed by its challenge (None where it has none)."""
    number, fence, tries, created_at, *columns = row
    message = _read_message(vault, *columns[:MESSAGE])
    challenge = None
    if columns[MESSAGE] is not None:
        key = (message.chat, message.run, message.slot)
        challenge = read_challenge((*key, *columns[MESSAGE:]))
    return Parcel(number, fence, tries, created_at, message, challenge)


def _read_message(
    vault: Vault,
    ref: str,
    lane: str,
    channel: str,
    letter: bytes,
    *rest: Any,  # noqa: ANN401 - columns
) -> Outbound:
    to, _, body = vault.open("outbound", ref, "letter", letter).partition(b"\0")
    return Outbound(ref, lane, channel, to.decode(), body, *rest)


# --- members -------------------------------------------------------------------------


def asked(vault: Vault, identifiers: Sequence[str]) -> tuple[dict[bytes, str], dict[bytes, str]]:
    """Map blind index to identifier, for BHXH and for personal numbers."""
    return (
        {vault.index("bhxh", i): i for i in identifiers if len(i) == BHXH_DIGITS},
        {vault.index("national", i): i for i in identifiers if len(i) == NATIONAL_DIGITS},
    )


def read_member(vault: Vault, row: Row) -> Member:
    account, personal, state, password_hash, password_until, must_change = row
    person = read_person(vault, account, personal)
    return Member(account, person, state, password_hash, password_until, bool(must_change))


def read_person(vault: Vault, account: bytes, personal: bytes) -> Person:
    return _person.decode(vault.open("members", account.hex(), "personal", personal))


def member(vault: Vault, account: bytes, person: Person) -> Row:
    """Seal the personal fields; the indexes they are found by go beside them."""
    return (
        account,
        _index(vault, "national", person.national_id),
        _index(vault, "phone", person.phone),
        _index(vault, "email", person.email.lower()),
        vault.seal("members", account.hex(), "personal", msgspec.json.encode(person)),
    )


def updated(former: Person | None, person: Person) -> Person:
    """Lay a registry row over what is stored; an empty field leaves it."""
    if former is None:
        return person
    pairs = zip(*map(msgspec.structs.astuple, (person, former)), strict=True)
    return Person(*(new or old for new, old in pairs))


def _index(vault: Vault, kind: str, value: str) -> bytes | None:
    return vault.index(kind, value) if value else None
