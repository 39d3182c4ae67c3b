"""All rows move from SQLite to PostgreSQL and back, and it is seen that they have arrived."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from storage import moving
from storage.base import Conflict, Consent, Corrupt, Person, StorageError, Store, Tally
from storage.postgres import PostgresStore
from storage.sqlite import SqliteStore
from tests.storage import rows
from tests.storage.cancelling import cancelled_at
from tests.storage.postgres_server import Server, ask, opened, running
from tests.storage.rows import PERSON, claim, end, outbound
from tests.storage.tampering import exists, tamper

LATER = 1_800_000_000.0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
async def store(server: Server) -> AsyncIterator[PostgresStore]:
    async with server.database() as url:
        store = await opened(url)
        yield store
        await store.close()


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """A SQLite database with something in every table."""
    path = tmp_path / "bot.db"
    store = SqliteStore(str(path), rows.vault(), rows.AUDIT_KEY)
    await store.open(now=0)
    await _live(store)
    await store.close()
    return path


async def _live(store: Store) -> None:
    people = [replace(PERSON, bhxh_number=f"{n:010}", national_id=f"{n:012}") for n in range(7000)]
    await store.add_members(people)
    async with store.unit(now=12.25) as unit:
        await rows.everything(unit)
        await unit.save_conversations([rows.conversation("Đ", account=None, memo=b"")])
        await rows.requests(unit, store.index("bhxh", "0000000001"))
        await unit.add_photos([rows.photo(f"{n}", image=bytes([n]) * 9000) for n in range(45)])
        await unit.add_lines([rows.line("c", 1, LATER)])
        await unit.add_tallies([Tally(b"k" * 16, 0, 2), Tally(b"\0" * 16, 5, 1)])
        await unit.add_outbound([outbound("late", lane="late", due=500.0)], 1.0)
    (parcel,) = await claim(store, now=20.0)
    await store.settle([end(parcel, "sent")])


def _contents(file: Path) -> dict[str, list[str]]:
    names = tamper(file, "SELECT name FROM sqlite_master WHERE type = 'table'")
    every = "SELECT * FROM "
    return {name: sorted(map(repr, tamper(file, every + name))) for (name,) in names}


async def test_there_and_back(store: PostgresStore, file: Path, tmp_path: Path) -> None:
    """Every row of every table comes back as it left, and the bot can go on there."""
    heard: dict[str, int] = {}
    moved = await store.move_in(str(file), now=20.0, told=heard.__setitem__)
    assert moved["members"] == heard["members"] == 7000
    assert all(moved.values())
    await store.backup(str(tmp_path / "back.db"))
    assert _contents(tmp_path / "back.db") == _contents(file)
    assert await store.check_copy(str(tmp_path / "back.db")) == await store.verify_audit() == 1
    assert await store.high_water() == 12.25
    await _goes_on(store)


async def _goes_on(store: Store) -> None:
    async with store.unit(now=30.0) as unit:
        await rows.turn(unit, "telegram:2")
        await unit.add_consents(
            [Consent("telegram:2", "chat", granted=False, wording="v1", at=10.0)]
        )
        assert len(await unit.conversations(["Đ", "telegram:1"])) == 2
        assert (await unit.members(["0000000001"]))["0000000001"].person.phone == rows.NEW
        assert await unit.holders([rows.MAIL]) == {rows.MAIL: {store.index("bhxh", "0000000001")}}
        assert len(await unit.edges(["dossier-1", "telegram:1"])) == 2
        images = [photo.image for photo in await unit.photos([("telegram:1", 2)])]
        assert {bytes([n]) * 9000 for n in range(45)} < {*images}
        await unit.save_dossiers([rows.dossier(version=2, account=b"a" * 16)])
        assert Tally(b"k" * 16, 7, 2) in await unit.tallies([b"k" * 16])
    assert {parcel.message.ref for parcel in await claim(store, now=600.0)} == {
        "late",
        "ref telegram:2",
    }
    assert await store.verify_audit() == 2


async def test_months_come_along(store: PostgresStore, file: Path) -> None:
    """Rows of any month get a part, however long ago it was."""
    await store.move_in(str(file), now=20.0, told=_silent)
    async with store._pool.begun() as wire:
        found = await wire.fetch("SELECT tableoid::regclass::text FROM transcript ORDER BY at")
    assert [name for (name,) in found] == ["transcript_1970_01", "transcript_2027_01"]


async def test_only_into_an_empty_database(store: PostgresStore, file: Path) -> None:
    """A database that has rows is refused and left as it is."""
    await store.add_members([Person("5" * 10)])
    with pytest.raises(Conflict, match="move into an empty one"):
        await store.move_in(str(file), now=20.0, told=_silent)
    assert len([member async for member in store.all_members()]) == 1
    assert await store.high_water() == 0
    async with store.unit(now=1) as unit:
        await rows.turn(unit, "x")


async def test_another_ring(server: Server, file: Path) -> None:
    """Rows sealed with other keys are refused, and nothing of them is kept."""
    async with server.database() as url:
        other = await opened(url, rows.vault(9))
        with pytest.raises(Corrupt, match="key"):
            await other.move_in(str(file), now=20.0, told=_silent)
        assert await ask(url, "SELECT FROM members") == []
        await other.close()


async def test_altered_audit(store: PostgresStore, file: Path) -> None:
    """A chain that does not hold is not moved."""
    tamper(file, "UPDATE audit SET detail = 'x'")
    with pytest.raises(Corrupt, match="audit"):
        await store.move_in(str(file), now=20.0, told=_silent)
    assert [member async for member in store.all_members()] == []


async def test_no_file(store: PostgresStore, tmp_path: Path) -> None:
    """A source that is not there is an error of the database, and none is made."""
    with pytest.raises(StorageError):
        await store.move_in(str(tmp_path / "none.db"), now=1.0, told=_silent)
    assert not exists(tmp_path / "none.db")


async def test_backup_cut_off(store: PostgresStore, tmp_path: Path) -> None:
    """A backup that was cut off leaves nothing that looks like one; a file in its way stays."""
    await _live(store)
    for step in (1, 5, 9, 20, 40):
        target = tmp_path / f"copy {step}.db"
        assert exists(target) == await cancelled_at(store.backup(str(target)), step)
    await store.backup(str(tmp_path / "copy.db"))
    with pytest.raises(FileExistsError):
        await store.backup(str(tmp_path / "copy.db"))


class _Lossy:
    """An engine that may keep other rows than it was given."""

    def __init__(self, *rows: moving.Row) -> None:
        """`rows`: what is there."""
        self.rows = rows

    async def pages(self, table: str, columns: Sequence[str]) -> AsyncIterator[list[moving.Row]]:
        assert (table, columns) == ("t", ["a", "b"])
        yield [*self.rows]

    async def fill(self, table: str, columns: Sequence[str], rows: list[moving.Row]) -> None:
        assert (table, columns, rows) == ("t", ["a", "b"], [(1, b"a")])


async def test_what_has_not_arrived() -> None:
    """A row that is not what it was is noticed, whatever its table."""
    left = _Lossy((1, b"a"))
    assert await moving.move({"t": ["a", "b"]}, left, _Lossy((1, b"a")), _silent) == {"t": 1}
    with pytest.raises(Corrupt, match="t: 1 rows left, 0 arrived"):
        await moving.move({"t": ["a", "b"]}, left, _Lossy(), _silent)
    with pytest.raises(Corrupt, match="some of them changed"):
        await moving.move({"t": ["a", "b"]}, left, _Lossy((1, b"b")), _silent)


def _silent(table: str, number: int) -> None:
    """Nobody looks."""
