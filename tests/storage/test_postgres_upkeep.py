# ruff: noqa: S608 - names of our own tables
"""Months, retention, new keys, tampering, and what can be read by whoever has the database."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import asyncpg
import pytest
from msgspec.structs import astuple, replace

from storage.base import Act, Corrupt, Line, SetAside
from storage.postgres import PostgresStore, months
from tests.storage import rows
from tests.storage.postgres_server import Server, ask, opened, running
from tests.storage.rows import PERSON, claim, end

DAY = 86_400.0
KEEP = replace(rows.KEEP, transcript=30 * DAY)
SAID = "Mã của bạn sẽ đến số 0901234567"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
async def url(server: Server) -> AsyncIterator[str]:
    async with server.database() as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncIterator[PostgresStore]:
    store = await opened(url)
    yield store
    await store.close()


def _at(year: int, month: int, day: int) -> float:
    return datetime(year, month, day, tzinfo=UTC).timestamp()


async def _parts(url: str, table: str) -> set[str]:
    text = "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relname ~ "
    return {name for (name,) in await ask(url, f"{text} '^{table}_[0-9]+_[0-9]+$'")}


async def _say(store: PostgresStore, *times: float) -> None:
    async with store.unit(now=max(times)) as unit:
        await unit.add_lines([rows.line("c", turn, at) for turn, at in enumerate(times)])


async def _lines(url: str) -> list[tuple[str, float]]:
    return [*await ask(url, "SELECT tableoid::regclass::text, at FROM transcript ORDER BY at")]


# --- months --------------------------------------------------------------------------


async def test_months_ahead(store: PostgresStore, url: str) -> None:
    """There is a part for this month and the next two; as time goes on, upkeep makes more."""
    first = {"transcript_1970_01", "transcript_1970_02", "transcript_1970_03"}
    assert await _parts(url, "transcript") == first
    async with store.unit(now=_at(1970, 3, 31)):
        pass
    await store.tidy()
    await store.tidy()
    assert await _parts(url, "transcript") == first | {"transcript_1970_04", "transcript_1970_05"}
    assert {name[-7:] for name in await _parts(url, "audit")} == {
        "1970_01",
        "1970_02",
        "1970_03",
        "1970_04",
        "1970_05",
    }


async def test_rows_find_their_month(store: PostgresStore, url: str) -> None:
    """A row goes to its month; one of a month without a part is kept elsewhere."""
    await _say(store, 10.0, _at(1970, 2, 1), _at(1999, 1, 1))
    assert [part for part, _ in await _lines(url)] == [
        "transcript_1970_01",
        "transcript_1970_02",
        "transcript_other",
    ]
    await months.make_ahead(store._pool, _at(1999, 1, 1))
    assert "transcript_1999_01" not in await _parts(url, "transcript")
    assert "transcript_1999_02" in await _parts(url, "transcript")


async def test_whole_months_are_dropped(store: PostgresStore, url: str) -> None:
    """Outlived months go as a whole, of the others only the rows that are too old."""
    kept = [_at(1970, 3, 5), _at(1999, 1, 30)]
    await _say(store, 10.0, 20.0, _at(1970, 2, 1), _at(1970, 3, 1), *kept, _at(1969, 1, 1))
    assert await store.purge(KEEP, now=_at(1970, 3, 4) + KEEP.transcript) == 5
    assert [at for _, at in await _lines(url)] == kept
    assert await _parts(url, "transcript") == {"transcript_1970_03"}
    assert len(await _parts(url, "audit")) == 3


async def test_month_in_use(store: PostgresStore, url: str) -> None:
    """A month that somebody reads is not waited for; it goes the next time."""
    await _say(store, 10.0)
    reader = await asyncpg.connect(url)
    await reader.execute("BEGIN; SELECT * FROM transcript_1970_01")
    assert await store.purge(KEEP, now=_at(1971, 1, 1)) == 0
    assert await ask(url, "SELECT count(*) FROM transcript_1970_01") == [(1,)]
    await reader.close()
    assert await store.purge(KEEP, now=_at(1971, 1, 1)) == 1
    assert await _parts(url, "transcript") == set()


async def test_month_in_use_while_it_is_made(store: PostgresStore, url: str) -> None:
    """A month that cannot be made now is made later; until then its rows are kept elsewhere."""
    reader = await asyncpg.connect(url)
    await reader.execute("BEGIN; SELECT * FROM transcript_other")
    await months.make_ahead(store._pool, _at(1980, 1, 1))
    assert "transcript_1980_01" not in await _parts(url, "transcript")
    await reader.close()
    await months.make_ahead(store._pool, _at(1980, 1, 1))
    assert "transcript_1980_01" in await _parts(url, "transcript")


# --- retention -----------------------------------------------------------------------


async def test_purge_passes_over_rows_in_use(store: PostgresStore) -> None:
    """Rows that a unit works on are left for the next purge; nobody waits."""
    async with store.unit(now=10) as unit:
        await unit.save_challenges([rows.challenge("a"), rows.challenge("b")])
    async with store.unit(now=10) as unit:
        await unit.save_challenges([rows.challenge("a", tries=1)])
        await unit.pages([b"any"])  # sends what waits
        assert await store.purge(rows.KEEP, now=DAY) == 1
    assert await store.purge(rows.KEEP, now=DAY) == 1


async def test_tries_go_with_their_message(store: PostgresStore, url: str) -> None:
    """Purging a message purges the record of its tries."""
    async with store.unit(now=1) as unit:
        await unit.add_outbound([rows.outbound()], 1.0)
    (parcel,) = await claim(store, now=10.0)
    await store.settle([end(parcel, "sent")])
    assert len(await ask(url, "SELECT FROM attempts")) == 1
    await store.purge(rows.KEEP, now=DAY)
    assert await ask(url, "SELECT FROM attempts") == []


# --- keys ----------------------------------------------------------------------------


async def _write_canaries(store: PostgresStore) -> None:
    await store.add_members([PERSON, replace(PERSON, bhxh_number="9" * 10, national_id="8" * 12)])
    async with store.unit(now=1) as unit:
        await rows.everything(unit)
        await unit.save_conversations([rows.conversation("c", memo=PERSON.phone.encode())])
        await unit.add_lines([Line("c", 1, 1.0, "S", PERSON.bhxh_number, SAID)])
        await unit.add_outbound([rows.outbound("m", to=PERSON.email, body=SAID.encode())], 1.0)
        await unit.set_aside([SetAside("k", "c", 1.0, "E", PERSON.national_id.encode())])
        await rows.requests(unit, store.index("bhxh", PERSON.bhxh_number))
        await unit.members([PERSON.national_id])


async def test_rotation(store: PostgresStore, url: str) -> None:
    """After a rotation both keys open; resealed, the older one can be dropped."""
    await _write_canaries(store)
    heard: list[int] = []
    newest = await opened(url, rows.vault(1, 2))
    assert await newest.reseal(batch=1, told=heard.append) == 21
    assert await newest.reseal() == 0
    await newest.close()
    assert heard[-1] == 21
    last = await opened(url, rows.vault(1, 2))
    assert len([member async for member in last.all_members()]) == 2
    assert len(await claim(last, now=50.0)) == 1
    assert len(await last.asides(limit=9)) == 2
    assert await rows.all_requests(last) == 8
    await last.close()
    assert await ask(url, "SELECT kid FROM seal_keys") == [(rows.key(2).id,)]


async def test_reseal_overtaken(store: PostgresStore, url: str) -> None:
    """A value that was written anew meanwhile is not replaced by an older one."""
    await _write_canaries(store)
    newest = await opened(url, rows.vault(1, 2))
    sealed = b"".join(
        row[0] for row in await ask(url, "SELECT memo FROM conversations WHERE chat = 'c'")
    )
    async with newest.unit(now=2) as unit:
        await unit.save_conversations([rows.conversation("c", memo=b"newer")])
    await newest.reseal()
    async with newest.unit(now=2) as unit:
        assert (await unit.conversations(["c"]))["c"].memo == b"newer"
    assert sealed not in [row[0] for row in await ask(url, "SELECT memo FROM conversations")]
    await newest.close()


async def test_no_canary_in_any_row(store: PostgresStore, url: str) -> None:
    """Names, numbers, addresses and texts are in no column, neither as text nor as bytes."""
    await _write_canaries(store)
    tables = await ask(
        url,
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
        "(SELECT oid FROM pg_namespace WHERE nspname = 'public')",
    )
    said = ""
    for (table,) in tables:
        said += repr(await ask(url, f"SELECT t::text FROM {table} AS t"))
    canaries = [*astuple(PERSON), SAID, "what was heard", "a bubble", "a kept number", "a payload"]
    canaries += rows.SECRETS
    shapes = [shape for one in canaries for shape in (one, one.encode().hex())]
    assert len(tables) > 20
    assert not [shape for shape in shapes if shape in said]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("conversations", "memo"),
        ("members", "personal"),
        ("outbound", "letter"),
        ("changes", "before"),
        ("changes", "after"),
        ("dossiers", "form"),
        ("edges", "why"),
        ("photos", "image"),
    ],
)
async def test_swapped_values(store: PostgresStore, url: str, table: str, column: str) -> None:
    """A sealed value moved to another row does not open."""
    await _write_canaries(store)
    await ask(
        url,
        f"UPDATE {table} SET {column} = (SELECT other.{column} FROM {table} AS other"
        f" WHERE other.ctid <> {table}.ctid LIMIT 1)",
    )
    with pytest.raises(Corrupt, match=rf"{table}\.{column}"):
        await _read_all(store)


async def _read_all(store: PostgresStore) -> None:
    assert [member async for member in store.all_members()]
    assert await claim(store, now=50.0)
    async with store.unit(now=1) as unit:
        await unit.conversations(["telegram:1", "c"])
    await rows.all_requests(store)


# --- audit ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE audit SET detail = 'x' WHERE seq = 3", "record 3 is missing or was altered"),
        ("UPDATE audit SET at = at + 40 * 86400 WHERE seq = 3", "record 3"),
        ("DELETE FROM audit WHERE seq = 1", "record 1 "),
        (
            "INSERT INTO audit SELECT seq, at + 1, kind, who, account, detail, mac"  # noqa: ISC004
            " FROM audit WHERE seq = 4",
            "record",
        ),
        ("DELETE FROM audit WHERE seq > 4", "cut off after record 4"),
        ("DELETE FROM audit_head", "cut off"),
        ("UPDATE audit_head SET seq = 0, mac = '', proof = ''", "cut off"),
    ],
)
async def test_audit_tampering(store: PostgresStore, url: str, change: str, says: str) -> None:
    """Whatever is done to the audit chain behind the program's back shows."""
    async with store.unit(now=1) as unit:
        await unit.add_acts([Act(float(n), "kind", "me", rows.ACCOUNT) for n in range(1, 7)])
    await ask(url, change)
    with pytest.raises(Corrupt, match=says):
        await store.verify_audit()


async def test_head_moved_back(store: PostgresStore, url: str) -> None:
    """The head cannot be moved back without the key; nothing can be appended to such a chain."""
    async with store.unit(now=1) as unit:
        await unit.add_acts([Act(float(n), "kind", "me") for n in range(1, 7)])
    await ask(url, "UPDATE audit_head SET (seq, mac) = (SELECT seq, mac FROM audit WHERE seq = 4)")
    with pytest.raises(Corrupt, match="head"):
        await _act(store)


async def _act(store: PostgresStore) -> None:
    async with store.unit(now=1) as unit:
        await unit.add_acts([Act(1.0, "a", "me")])
