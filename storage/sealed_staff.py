"""What a row about staff looks like in the database; the same for every engine."""

from msgspec.structs import astuple, replace

from storage.sealed import Row
from storage.staff import Session, Staff
from storage.vault import Vault

STAFF = "name, role, state, changed_at, password_hash, totp, step, invite, invite_until"
SESSION = "mark, name, begun_at, seen_at"
_SESSION_COLUMNS = 4


def staff(vault: Vault, row: Staff) -> Row:
    kept = vault.seal("staff", row.name, "totp", row.totp) if row.totp else b""
    return astuple(replace(row, totp=kept))


def read_staff(vault: Vault, row: Row) -> Staff:
    found = Staff(*row)
    opened = vault.open("staff", found.name, "totp", found.totp) if found.totp else b""
    return replace(found, totp=opened)


def session(row: Session) -> Row:
    return astuple(row)


def read_signed_in(vault: Vault, row: Row) -> tuple[Session, Staff]:
    """Take apart a session joined with whose it is."""
    values = tuple(row)
    whose = read_staff(vault, values[_SESSION_COLUMNS:])
    return Session(*values[:_SESSION_COLUMNS]), whose
