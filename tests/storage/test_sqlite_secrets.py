"""No personal value can be read, moved or kept longer than it should in any file."""

import base64
import logging
import stat
from pathlib import Path

import pytest
from msgspec.structs import astuple, replace

from storage.base import Conflict, Corrupt, Line, SetAside
from storage.sqlite import SqliteStore
from tests.storage import rows
from tests.storage.conftest import Opener
from tests.storage.rows import PERSON, end, outbound
from tests.storage.tampering import swap, tamper

SAID = "Mã của bạn sẽ đến số 0901234567"


def _shapes(canary: str) -> set[bytes]:
    """Every way a value could stand in a file without being protected."""
    plain = canary.encode()
    return {
        plain,
        plain[::-1],
        plain.lower(),
        canary.encode("utf-16-le"),
        canary.encode("utf-16-be"),
        plain.hex().encode(),
        plain.hex().upper().encode(),
        # Base64 at each of the three alignments, without the borders.
        *(base64.b64encode(b"\0" * shift + plain)[4:-4] for shift in range(3)),
    }


async def _write_canaries(store: SqliteStore) -> None:
    await store.add_members([PERSON, replace(PERSON, bhxh_number="9" * 10, national_id="8" * 12)])
    async with store.unit(now=1) as unit:
        await rows.everything(unit)
        await unit.save_conversations([rows.conversation("c", memo=PERSON.phone.encode())])
        await unit.add_lines([Line("c", 1, 1.0, "S", PERSON.bhxh_number, SAID)])
        letter = outbound(
            "mail", lane="mail", channel="email", to=PERSON.email, body=SAID.encode()
        )
        await unit.add_outbound([letter, replace(letter, ref="second")], 1.0)
        await unit.set_aside([SetAside("k", "c", 1.0, "E", PERSON.national_id.encode())])
        await rows.requests(unit, store.index("bhxh", PERSON.bhxh_number))
        await unit.members([PERSON.national_id])


async def test_no_canary_in_any_file(disk: SqliteStore, database: Path) -> None:
    """Names, numbers, addresses and texts are in no file, in no shape, at no time."""
    await _write_canaries(disk)
    await disk.backup(str(database.with_name("copy.db")))
    canaries = [
        *astuple(PERSON),
        SAID,
        "what was heard",
        "a bubble",
        "a kept number",
        "a payload",
        *rows.SECRETS,
    ]
    files = list(database.parent.iterdir())
    assert {file.name for file in files} == {"bot.db", "bot.db-wal", "bot.db-shm", "copy.db"}
    for file in files:
        content = file.read_bytes()
        for canary in canaries:
            assert not [shape for shape in _shapes(canary) if shape in content]


async def test_no_canary_in_the_log(disk: SqliteStore, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing personal is logged, however talkative the libraries are made."""
    with caplog.at_level(logging.DEBUG):
        await _write_canaries(disk)
        await disk.claim("me", ["email"], now=10.0, lease=1, limit=9)
        with pytest.raises(Conflict) as refused:
            await disk.add_members([replace(PERSON, bhxh_number="7" * 10)])
    text = caplog.text + str(refused.value) + repr(refused.value.__cause__)
    assert "executing" in text
    assert not [value for value in (*astuple(PERSON), SAID) if value in text]


async def test_files_are_private(disk: SqliteStore, database: Path) -> None:
    """Every file of the database, and a backup, is readable by its owner only."""
    await _write_canaries(disk)
    await disk.backup(str(database.with_name("copy.db")))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in database.parent.iterdir()}
    assert modes == dict.fromkeys(("bot.db", "bot.db-wal", "bot.db-shm", "copy.db"), 0o600)


@pytest.mark.parametrize("status", ["sent", "dead"])
async def test_body_is_erased(disk: SqliteStore, database: Path, status: str) -> None:
    """A settled message has no body any more; one that waits for a retry keeps it."""
    async with disk.unit(now=1) as unit:
        await unit.add_outbound([outbound()], 1.0)
    for settled, body_stays in (("waiting", True), (status, False)):
        (parcel,) = await disk.claim("me", ["chat"], now=10.0, lease=1, limit=1)
        await disk.settle([end(parcel, settled)])
        assert tamper(database, "SELECT letter IS NOT NULL FROM outbound") == [(body_stays,)]
    tries = tamper(
        database, "SELECT try, verdict, sender, at, ended_at FROM attempts ORDER BY try"
    )
    assert tries == [(1, "waiting", "sender", 10.0, 20.0), (2, status, "sender", 10.0, 20.0)]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("conversations", "memo"),
        ("members", "personal"),
        ("outbound", "letter"),
        ("changes", "before"),
        ("changes", "after"),
        ("dossiers", "form"),
        ("photos", "image"),
    ],
)
async def test_swapped_values(disk: SqliteStore, database: Path, table: str, column: str) -> None:
    """A sealed value moved to another row does not open."""
    await _write_canaries(disk)
    swap(database, table, column)
    with pytest.raises(Corrupt, match=rf"{table}\.{column}"):
        await _read_all(disk)


async def test_swapped_columns(disk: SqliteStore, database: Path) -> None:
    """A sealed value moved to a column of another table does not open."""
    await _write_canaries(disk)
    tamper(database, "UPDATE conversations SET memo = (SELECT letter FROM outbound LIMIT 1)")
    with pytest.raises(Corrupt, match=r"conversations\.memo"):
        await _read_all(disk)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE changes SET before = after", r"changes\.before"),
        ("UPDATE edges SET why = (SELECT form FROM dossiers)", r"edges\.why"),
        ("UPDATE photos SET image = (SELECT form FROM dossiers)", r"photos\.image"),
    ],
)
async def test_swapped_within_a_request(
    disk: SqliteStore, database: Path, change: str, says: str
) -> None:
    """What was sealed about one thing does not open as another."""
    await _write_canaries(disk)
    tamper(database, change)
    with pytest.raises(Corrupt, match=says):
        await _read_all(disk)


async def _read_all(store: SqliteStore) -> int:
    found = [member async for member in store.all_members()]
    parcels = await store.claim("me", ["chat", "email"], now=50.0, lease=1, limit=9)
    async with store.unit(now=1) as unit:
        talks = await unit.conversations(["telegram:1", "c"])
    return len(found) + len(parcels) + len(talks) + await rows.all_requests(store)


async def test_rotation(disk: SqliteStore, opened: Opener, database: Path) -> None:
    """After a rotation both keys open; resealed, the older one can be dropped."""
    await disk.close()
    middle = await opened(rows.vault(1, 2))
    await _write_canaries(middle)
    await middle.close()
    newest = await opened(rows.vault(1, 2, 3))
    assert await newest.reseal(batch=1) > 0
    assert await newest.reseal() == 0
    await newest.close()
    assert tamper(database, "SELECT kid FROM seal_keys") == [(rows.key(3).id,)]
    last = await opened(rows.vault(1, 3))
    assert await _read_all(last) == 14
    assert await last.verify_audit() == 1


async def test_reseal_takes_up_where_it_stopped(disk: SqliteStore, opened: Opener) -> None:
    """A reseal that was cut off is simply run again, and settled bodies do not disturb it."""
    await _write_canaries(disk)
    (*_, parcel) = await disk.claim("me", ["chat"], now=10.0, lease=1, limit=9)
    await disk.settle([end(parcel, "sent")])
    store = await opened(rows.vault(1, 2))
    await store._alone(lambda db: db.execute("DELETE FROM set_aside WHERE key = 'odd'"))
    total = await store.reseal(batch=2)
    assert total == 18
    assert await store.reseal(batch=2) == 0


async def test_missing_key(disk: SqliteStore, opened: Opener) -> None:
    """A ring without a key that is in use is refused with the key's id."""
    await disk.close()
    await (await opened(rows.vault(1, 2))).close()
    with pytest.raises(Corrupt, match=f"key id {rows.key(2).id} missing from key file"):
        await opened(rows.vault(1, 3))


async def test_wrong_first_key(disk: SqliteStore, opened: Opener) -> None:
    """A ring whose first key is another one would find nobody, and is refused."""
    await disk.close()
    with pytest.raises(Corrupt, match="first key"):
        await opened(rows.vault(2, 1))
