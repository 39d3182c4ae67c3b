"""Brings a database to the schema of this program, one numbered file at a time, forward only.

Refuses a database that a newer program has written, one whose seals need a key that is not in the
ring, and one that was made with another ring altogether.
"""

import sqlite3
from collections.abc import Iterator
from importlib import resources

from storage.base import Corrupt
from storage.sqlite.wire import written
from storage.vault import Vault

_FILES = sorted(
    file.name
    for file in resources.files("storage.sqlite").joinpath("schema").iterdir()
    if file.name.endswith(".sql")
)
LATEST = len(_FILES)


def migrate(db: sqlite3.Connection) -> None:
    """Apply what is missing; each file is one transaction."""
    while _version(db) < LATEST:
        written(_step, db)
    if _version(db) > LATEST:
        raise Corrupt(
            f"the database has schema {_version(db)}, this program knows {LATEST}: "
            "start the newer program, or restore a backup made by this one"
        )


def check_keys(db: sqlite3.Connection, vault: Vault, now: float) -> None:
    """Refuse a ring that cannot open everything, then record the key that seals from now on."""
    recorded = {kid for (kid,) in db.execute("SELECT kid FROM seal_keys")}
    for kid in sorted(recorded - vault.ids):
        raise Corrupt(f"key id {kid} missing from key file: restore the key file from its backup")
    proof = vault.index("ring", "")
    db.execute("INSERT INTO meta VALUES ('ring', ?) ON CONFLICT DO NOTHING", (proof,))
    if db.execute("SELECT value FROM meta WHERE name = 'ring'").fetchone() != (proof,):
        raise Corrupt(
            "the first key of the key file is not the one this database was made with: "
            "restore the key file from its backup"
        )
    db.execute("INSERT INTO seal_keys VALUES (?, ?) ON CONFLICT DO NOTHING", (vault.newest, now))


def _step(db: sqlite3.Connection) -> None:
    # Read again inside the transaction: another process may have been faster.
    version = _version(db)
    if version >= LATEST:
        return
    folder = resources.files("storage.sqlite").joinpath("schema")
    for statement in _statements(folder.joinpath(_FILES[version]).read_text(encoding="utf-8")):
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {version + 1}")


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    # `executescript` would commit the open transaction first.
    lines: list[str] = []
    for line in script.splitlines():
        lines.append(line)
        if sqlite3.complete_statement("\n".join(lines)):
            yield "\n".join(lines)
            lines.clear()
