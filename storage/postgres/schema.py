"""Brings a database to the schema of this program, one numbered file at a time, forward only.

Refuses a server that does not keep what it has acknowledged, a database that a newer program has
written, one whose seals need a key that is not in the ring, and one that was made with another
ring altogether.
"""

from importlib import resources

from storage.base import Corrupt, Unavailable
from storage.postgres.wire import LONG, Pool, Wire
from storage.vault import Vault

_FOLDER = resources.files("storage.postgres").joinpath("schema")
_FILES = sorted(file.name for file in _FOLDER.iterdir() if file.name.endswith(".sql"))
LATEST = len(_FILES)

# Processes that start at once migrate one after the other.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('schema_version', 0))"
_SETTINGS = (
    # what is asked, what it must be, what to do otherwise
    (
        "current_setting('server_version_num')::bigint >= 140000",
        "PostgreSQL 14 or newer is needed",
    ),
    ("current_setting('server_encoding') = 'UTF8'", "create the database with ENCODING 'UTF8'"),
    ("current_setting('fsync') = 'on'", "set fsync = on: what was acknowledged must stay"),
    ("current_setting('full_page_writes') = 'on'", "set full_page_writes = on"),
    ("current_setting('synchronous_commit') <> 'off'", "set synchronous_commit = on"),
)


async def check_server(wire: Wire) -> None:
    """Insist on the settings that durability needs."""
    asked = ", ".join(question for question, _ in _SETTINGS)
    (answers,) = await wire.fetch(f"SELECT {asked}")
    for fine, (_, remedy) in zip(answers, _SETTINGS, strict=True):
        if not fine:
            raise Unavailable(f"this database server cannot be used: {remedy}")


async def migrate(pool: Pool) -> None:
    """Apply what is missing; each file is one transaction."""
    version = 0
    while version < LATEST:
        async with pool.begun(LONG) as wire:
            version = await _step(wire)
    if version > LATEST:
        raise Corrupt(
            f"the database has schema {version}, this program knows {LATEST}: "
            "start the newer program, or restore a backup made by this one"
        )


async def check_keys(wire: Wire, vault: Vault, now: float) -> None:
    """Refuse a ring that cannot open everything, then record the key that seals from now on."""
    recorded = {kid for (kid,) in await wire.fetch("SELECT kid FROM seal_keys")}
    for kid in sorted(recorded - vault.ids):
        raise Corrupt(f"key id {kid} missing from key file: restore the key file from its backup")
    proof = vault.index("ring", "").hex()
    await wire.execute("INSERT INTO meta VALUES ('ring', $1) ON CONFLICT DO NOTHING", proof)
    ((stored,),) = await wire.fetch("SELECT value FROM meta WHERE name = 'ring'")
    if stored != proof:
        raise Corrupt(
            "the first key of the key file is not the one this database was made with: "
            "restore the key file from its backup"
        )
    text = "INSERT INTO seal_keys VALUES ($1, $2) ON CONFLICT DO NOTHING"
    await wire.execute(text, vault.newest, now)


async def _step(wire: Wire) -> int:
    """Apply the next file, if any is missing; the version then."""
    version = await _version(wire)
    if version >= LATEST:
        return version
    await wire.fetch(_ONE_AT_A_TIME)
    # Read again under the lock: another process may have been faster.
    version = await _version(wire)
    if version >= LATEST:
        return version
    await wire.execute(_FOLDER.joinpath(_FILES[version]).read_text(encoding="utf-8"))
    await wire.execute("UPDATE schema_version SET version = $1", version + 1)
    return version + 1


async def _version(wire: Wire) -> int:
    # Not to_regclass: it may answer from what this connection remembers of before the lock.
    if not await wire.fetch(
        "SELECT FROM pg_tables WHERE schemaname = current_schema AND tablename = 'schema_version'"
    ):
        return 0
    ((version,),) = await wire.fetch("SELECT version FROM schema_version")
    return int(version)
