"""`db migrate|move`, and what differs on PostgreSQL, against a real server."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.commands.opening import Opened
from storage.base import Page
from tests.bot.commands.conftest import Installation, line
from tests.storage import rows
from tests.storage.postgres_server import Server, running


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    """The address of an empty database."""
    with asyncio.Runner() as runner:
        made = server.database()
        yield runner.run(made.__aenter__())
        runner.run(made.__aexit__(None, None, None))


@pytest.fixture
def filled(house: Installation) -> Installation:
    """A file with three members and a page that is still open."""
    house.run("registry", "import", house.csv(line(1), line(2), line(3)))

    async def open_page(here: Opened) -> None:
        async with here.store.unit(now=1) as unit:
            await unit.save_pages([Page(b"t" * 16, "web:1", 1, b"a" * 16, "password", 9e9)])

    house.ask(open_page)
    return house


def test_migrate(house: Installation, url: str) -> None:
    """Either database gets its schema, as often as asked."""
    for _ in range(2):
        assert house.run("db", "migrate").code == 0
    house.lives_at(url)
    for _ in range(2):
        assert house.run("db", "migrate").code == 0


def test_move(filled: Installation, url: str) -> None:
    """Everything moves, is found there by the same keys, and the chain goes on."""
    people = filled.people()
    filled.lives_at(url)
    done = filled.run("db", "move", filled.database)
    assert (done.code, "moved and compared" in done.out) == (0, True), done.err
    assert filled.people() == people
    assert filled.run("audit", "verify").code == 0
    assert filled.ask(_open_pages) == [None]
    again = filled.run("db", "move", filled.database)
    assert (again.code, "empty" in again.err) == (1, True), again.err


def test_move_a_backup(filled: Installation, url: str) -> None:
    """What an older state would bring back to life is ended."""
    copy = filled.folder / "copy.db"
    assert filled.run("backup", copy).code == 0
    filled.lives_at(url)
    assert "1 codes, links" in filled.run("db", "move", copy, "--backup").out
    assert filled.ask(_open_pages) != [None]


def test_move_a_backup_with_its_halves(filled: Installation, url: str) -> None:
    """What people said opens there, and the backup is as it was."""
    copy = filled.folder / "copy.db"
    filled.ask(_talk)
    filled.run("backup", copy)
    before = copy.read_bytes()
    filled.lives_at(url)
    assert filled.run("db", "move", copy, "--backup").code == 0
    assert filled.ask(_heard) == ["what was heard"]
    assert (copy.read_bytes(), list(filled.folder.glob("*.moving"))) == (before, [])


async def _talk(here: Opened) -> None:
    async with here.store.unit(now=1) as unit:
        await unit.save_conversations([rows.conversation()])
        await unit.add_lines([rows.line()])


async def _heard(here: Opened) -> list[str]:
    return [line.heard for line in await here.store.transcript("telegram:1", limit=9)]


def test_back_to_a_file(filled: Installation, url: str) -> None:
    """A backup of the server's database is a file that `restore` puts in place."""
    people = filled.people()
    filled.lives_at(url)
    filled.run("db", "move", filled.database)
    copy = filled.folder / "copy.db"
    assert filled.run("backup", copy).code == 0
    assert filled.run("restore", copy).code == 2
    filled.configure()
    assert filled.run("restore", copy, "--force").code == 0
    assert filled.people() == people


@pytest.mark.parametrize("source", ["nowhere.db", "config.toml"])
def test_a_wrong_source(filled: Installation, url: str, source: str) -> None:
    """What is no database of ours is refused, and nothing is kept."""
    filled.lives_at(url)
    assert filled.run("db", "move", filled.folder / source).code in (1, 2)
    assert filled.people() == []


def test_not_while_the_bot_runs(filled: Installation, url: str) -> None:
    """A file that another process has open is not moved."""
    with filled.elsewhere():
        filled.lives_at(url)
        assert "in use" in filled.run("db", "move", filled.database).err


def test_only_to_a_server(filled: Installation) -> None:
    """Without a PostgreSQL address there is nowhere to move to."""
    assert filled.run("db", "move", filled.database).code in (1, 2)


def test_keys_rotate_on_a_server(filled: Installation, url: str) -> None:
    """Nobody sees from here whether other machines run: it has to be said."""
    filled.lives_at(url)
    filled.run("db", "move", filled.database)
    assert filled.run("keys", "rotate").code == 2
    done = filled.run("keys", "rotate", "--stopped")
    assert (done.code, "rows sealed anew" in done.out) == (0, True), done.err
    assert len(filled.people()) == 3


async def _open_pages(here: Opened) -> list[float | None]:
    async with here.store.unit(now=1) as unit:
        return [page.used_at for page in (await unit.pages([b"t" * 16])).values()]
