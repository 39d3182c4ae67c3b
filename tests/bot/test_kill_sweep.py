"""kill -9 at every point of a whole dialogue: it goes on, nothing is lost, nothing doubles.

What a killed process leaves is its files. So one life without an end copies them at each of its
points, and a new process goes on from each copy that differs from the one before. That a copy is
what a kill leaves is seen by killing in earnest.
"""

import asyncio
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot import keys
from storage.chain import EMPTY
from storage.sqlite import audit
from tests.bot.kill_tales import TALES, Tale
from tests.bot.killable import (
    ACKNOWLEDGED,
    DATABASE,
    KINDS,
    OUTBOX,
    START,
    lines,
    prepare,
)
from tests.bot.town import LINK, PASSWORD

KILLED = -signal.SIGKILL
MEMORY, ROOM = Path("/dev/shm"), 1 << 30  # noqa: S108 - used if it is there, and has room
pytestmark = pytest.mark.timeout(300)

# What stands written of a tale: steps of dossiers, changes decided and in force, accounts frozen,
# letters that are no codes, codes used.
STORY = (
    "SELECT count(*) FROM edges",
    "SELECT count(*) FROM changes",
    "SELECT count(*) FROM changes WHERE applied_at IS NOT NULL",
    "SELECT count(*) FROM members WHERE state = 'frozen'",
    "SELECT count(*) FROM outbound WHERE slot = '' AND channel IN ('sms', 'email')",
    "SELECT count(*) FROM challenges WHERE used_at IS NOT NULL",
)
# Pairs of what must be one number.
SAME = (
    (STORY[0], "SELECT coalesce(sum(version), 0) FROM dossiers"),
    (STORY[0], "SELECT count(*) FROM audit WHERE kind IN ('dossier_submitted', 'dossier_moved')"),
    (
        STORY[2],
        "SELECT count(*) FROM audit WHERE kind IN ('contact_changed', 'account_cancelled')",
    ),
    (STORY[3], "SELECT count(*) FROM audit WHERE kind = 'account_frozen'"),
    (STORY[3], "SELECT count(*) FROM dossiers WHERE kind = 'unfreeze'"),
)


class Afterworld(NamedTuple):
    """The process that gives lives. Everything lies in `folder`."""

    process: "subprocess.Popen[str]"
    folder: Path
    ring: keys.Keyring

    def live(
        self, tale: str, folder: Path, life: int = 0, kind: str = "", at: int = 0, ends: str = ""
    ) -> int:
        """Live once in `folder`; how it ended."""
        asked = {"tale": tale, "folder": str(folder), "life": life, "kind": kind, "at": at}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked | {"ends": ends}) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


class Whole(NamedTuple):
    """A tale that was lived without an end: what it began with, its points, all its ends.

    points: kind and number of each, and the copy that shows it. said: see `_gist`.
    """

    world: Afterworld
    name: str
    folder: Path
    cradle: Path
    met: Counter[str]
    points: list[tuple[str, int, int]]
    said: Counter[tuple[str, str]]

    @property
    def tale(self) -> Tale:
        """What is said."""
        return TALES[self.name]

    @property
    def ends(self) -> Path:
        """The copies, by their numbers."""
        return self.folder.with_suffix(".ends")


@pytest.fixture(scope="module")
def afterworld() -> Iterator[Afterworld]:
    """A killed process has lost nothing that it had written, so no disk need be waited for."""
    fits = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    place = MEMORY if fits else None
    with tempfile.TemporaryDirectory(dir=place) as name:
        folder = Path(name)
        ring = keys.create(folder / "keys.json", now=START)
        command = [sys.executable, "-m", "tests.bot.killable", str(folder / "keys.json")]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            yield Afterworld(process, folder, ring)
            assert process.stdin is not None
            process.stdin.close()


@pytest.fixture(scope="module", params=TALES)
def whole(request: pytest.FixtureRequest, afterworld: Afterworld) -> Iterator[Whole]:
    """One tale, never killed."""
    lived = _whole(afterworld, request.param)
    yield lived
    shutil.rmtree(lived.ends)


def test_killed(whole: Whole) -> None:
    """Killed at any point and started again, the dialogue ends as if never killed."""
    for number in range(1, whole.points[-1][-1] + 1):
        with _born(whole, whole.ends / str(number)) as folder:
            _nothing_is_lost(whole, folder)
            assert whole.world.live(whole.name, folder, 1) == 0
            _examine(whole, folder)


def test_killed_again_and_again(whole: Whole) -> None:
    """Killed six times in one dialogue, at another point each time, it still ends well."""
    with _born(whole, whole.cradle) as folder:
        _killed_often(whole, folder)


def _killed_often(whole: Whole, folder: Path) -> None:
    for life, kind in enumerate(("statement", "sent", "hopped", "ack", "settle", "statement")):
        assert whole.world.live(whole.name, folder, life, kind, 2 + life) in {KILLED, 0}
        _nothing_is_lost(whole, folder)
    assert whole.world.live(whole.name, folder, 6) == 0
    _examine(whole, folder, most_tries=7)


@pytest.mark.parametrize("whole", ["forgot_password", "granted"], indirect=True)
def test_a_copy_is_what_a_kill_leaves(whole: Whole) -> None:
    """Where nothing happens at once, a process that is killed leaves what the copy shows."""
    for kind, at, number in whole.points[5::23]:
        with _born(whole, whole.cradle) as folder:
            assert whole.world.live(whole.name, folder, 0, kind, at) == KILLED
            assert _rows(folder) == _rows(whole.ends / str(number))


def test_enough_points(whole: Whole) -> None:
    """There are at least a hundred points at which it is killed, of every kind."""
    assert set(whole.met) == set(KINDS)
    assert sum(whole.met.values()) == len(whole.points) >= 100


def _whole(world: Afterworld, name: str) -> Whole:
    """Live a tale, and those before it, from their beginning; what it came to is examined."""
    folder = world.folder / name
    cradle, ends = folder.with_suffix(".cradle"), folder.with_suffix(".ends")
    for lived in (folder, cradle, ends):
        shutil.rmtree(lived, ignore_errors=True)
    if after := TALES[name].after:
        before = _whole(world, after)
        cradle.mkdir()
        shutil.copyfile(before.folder / DATABASE, cradle / DATABASE)
        shutil.rmtree(before.ends)
    else:
        asyncio.run(prepare(cradle, world.ring))
    shutil.copytree(cradle, folder)
    assert world.live(name, folder, ends=str(ends)) == 0
    met, points = json.loads((folder / "points.json").read_text("utf-8"))
    letters = [json.loads(line) for line in lines(folder / OUTBOX)]
    said = Counter(_gist(letter) for letter in letters)
    whole = Whole(world, name, folder, cradle, Counter(met), points, said)
    _examine(whole, folder, most_tries=1)
    return whole


@contextmanager
def _born(whole: Whole, of: Path) -> Iterator[Path]:
    """A folder to live in, with what lies in another one."""
    with tempfile.TemporaryDirectory(dir=whole.world.folder) as name:
        yield Path(shutil.copytree(of, name, dirs_exist_ok=True))


def _gist(letter: dict[str, Any]) -> tuple[str, str]:
    """Channel and words of a letter, without what chance and the hour put into it."""
    words = PASSWORD.sub("#", LINK.sub("#", letter["body"]))
    return letter["channel"], re.sub(r"\S*\d\S*", "#", words)


def _rows(folder: Path) -> list[int]:
    """How much stands in each file and table."""
    written = [len(lines(folder / name)) for name in (ACKNOWLEDGED, OUTBOX)]
    with _left(folder) as db:
        tables = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        counts = [f"SELECT count(*) FROM {name}" for (name,) in tables.fetchall()]  # noqa: S608
        return written + [db.execute(count).fetchone()[0] for count in counts]


@contextmanager
def _left(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database of somebody who was killed; the next life finds it untouched."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        for file in folder.glob(f"{DATABASE}*"):
            # What other processes share of it is made anew, as after any death.
            if not file.name.endswith("-shm"):
                shutil.copyfile(file, Path(name, file.name))
        with closing(sqlite3.connect(Path(name, DATABASE))) as db:
            yield db


def _nothing_is_lost(whole: Whole, folder: Path) -> None:
    """What was acknowledged is known, and all that stands written tells one story (I05)."""
    with _left(folder) as db:
        assert set(lines(folder / ACKNOWLEDGED)) <= _seen(db)
        assert _story(whole, db) in whole.tale.story


def _seen(db: sqlite3.Connection) -> set[str]:
    return {key for (key,) in db.execute("SELECT key FROM seen")}


def _story(whole: Whole, db: sqlite3.Connection) -> tuple[int, ...]:
    told = {query: db.execute(query).fetchone()[0] for pair in SAME for query in pair}
    assert [pair for pair in SAME if told[pair[0]] != told[pair[1]]] == []
    story = tuple(db.execute(query).fetchone()[0] for query in STORY)
    if field := whole.tale.field:
        new = whole.world.ring.vault().index(field, whole.tale.new)
        holds = db.execute(f"SELECT count(*) FROM members WHERE {field}_idx = ?", (new,))  # noqa: S608
        assert holds.fetchone()[0] == story[2]
    return story


def _examine(whole: Whole, folder: Path, most_tries: int = 2) -> None:
    """Everything happened once; what was sent twice was the same message, marked as a retry."""
    keys_of = [f"{whole.name} {number}" for number in range(len(whole.tale.said))]
    assert [_bare(key) for key in lines(folder / ACKNOWLEDGED)] == keys_of
    sent: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines(folder / OUTBOX):
        entry = json.loads(line)
        sent[entry["ref"]].append(entry)
    for tries in sent.values():
        numbers = [entry.pop("tries") for entry in tries]
        assert numbers == sorted(set(numbers))
        assert numbers[-1] <= most_tries
        assert all(entry == tries[0] for entry in tries)
    letters = [tries[0] for tries in sent.values()]
    assert Counter(letter["channel"] for letter in letters) == whole.tale.letters
    assert Counter(_gist(letter) for letter in letters) == whole.said
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        assert {_bare(key) for key in _seen(db)} >= set(keys_of)
        _is_sound(whole, db)


def _bare(key: str) -> str:
    """Without the number of the life in which an officer asked."""
    return " ".join(key.split()[:2])


def _is_sound(whole: Whole, db: sqlite3.Connection) -> None:
    tale, acts = whole.tale, list(whole.tale.acts)
    while before := tale.after:
        tale = TALES[before]
        acts[:0] = tale.acts
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert set(db.execute("SELECT status FROM outbound")) == {("sent",)}
    assert db.execute("SELECT count(*) FROM set_aside").fetchone() == (0,)
    assert _story(whole, db) == whole.tale.story[-1]
    dossiers = db.execute("SELECT kind, state, version FROM dossiers").fetchall()
    assert dossiers == list(whole.tale.dossiers)
    photos = db.execute("SELECT count(*), count(nullif(dossier, '')) FROM photos").fetchone()
    assert photos == (whole.tale.photos, whole.tale.photos)
    # An officer who was not answered asks again, and is told who was first: a record of its own.
    kinds = [kind for (kind,) in db.execute("SELECT kind FROM audit ORDER BY seq")]
    assert [kind for kind in kinds if kind != "dossier_refused"] == acts
    audit.verify_page(db, whole.world.ring.subkey("audit"), EMPTY, 100)
