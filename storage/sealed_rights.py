"""Statements about rights that all engines share, and what their rows look like."""

from msgspec.structs import astuple, replace

from storage.rights import Right
from storage.sealed import Row
from storage.vault import Vault

RIGHT = ", ".join(Right.__struct_fields__)
CONSENT = "chat, purpose, granted, wording, at"
NEWEST = 20  # of an account that a look shows
# Pictures of a chat that no open request needs.
MINE = """photos.chat = {chat} AND (photos.dossier = '' OR NOT EXISTS (
    SELECT 1 FROM dossiers WHERE dossiers.ref = photos.dossier AND is_open = 1
))"""

# Every category that is told of; {chat} and {account} are the parameters.
HOLDINGS = " UNION ALL ".join(
    f"SELECT '{category}', count(*), min({since}) FROM {rows}"  # noqa: S608 - made of constants
    for category, since, rows in (
        ("messages", "at", "transcript WHERE chat = {chat}"),
        ("answers", "said_at", "conversations WHERE chat = {chat} AND flow <> ''"),
        ("photos", "at", "photos WHERE " + MINE),
        ("kept_photos", "at", "photos WHERE chat = {chat} AND NOT (" + MINE + ")"),
        ("open_requests", "opened_at", "dossiers WHERE account = {account} AND is_open = 1"),
        ("closed_requests", "closed_at", "dossiers WHERE account = {account} AND is_open = 0"),
        ("changes", "decided_at", "changes WHERE account = {account}"),
        ("proofs", "at", "links WHERE chat = {chat}"),
        ("officers", "at", "hand_overs WHERE chat = {chat}"),
        ("faults", "at", "set_aside WHERE chat = {chat}"),
        ("consents", "at", "consents WHERE chat = {chat}"),
        ("rights", "asked_at", "rights WHERE account = {account}"),
    )
)


def right(vault: Vault, row: Right) -> Row:
    sealed = vault.seal("rights", row.ref, "why", row.why.encode()) if row.why else b""
    return (*astuple(row)[:-1], sealed)


def read_right(vault: Vault, row: Row) -> Right:
    columns = Right(*row)
    if not row[-1]:
        return replace(columns, why="")
    return replace(columns, why=vault.open("rights", row[0], "why", row[-1]).decode())
