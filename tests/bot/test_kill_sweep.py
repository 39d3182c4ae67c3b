"""kill -9 at every point of a whole dialogue: it goes on, nothing is lost, nothing doubles."""

import asyncio
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot import keys
from storage.chain import EMPTY
from storage.sqlite import audit
from tests.bot.killable import KINDS, SAYS, lines, prepare

KILLED = -signal.SIGKILL


class Afterworld(NamedTuple):
    """The process that gives lives, and what every life begins with."""

    process: "subprocess.Popen[str]"
    cradle: Path
    points: dict[str, int]

    def live(self, folder: Path, life: int, kind: str = "", at: int = 0) -> int:
        """Live once in `folder`; how it ended."""
        asked = {"folder": str(folder), "life": life, "kind": kind, "at": at}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return int(json.loads(self.process.stdout.readline())["status"])


@pytest.fixture(scope="module")
def afterworld(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Afterworld]:
    """One life without an end in it tells how many points there are."""
    folder = tmp_path_factory.mktemp("lives")
    cradle = folder / "cradle"
    asyncio.run(prepare(cradle))
    command = [sys.executable, "-m", "tests.bot.killable"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        whole = folder / "whole"
        shutil.copytree(cradle, whole)
        assert Afterworld(process, cradle, {}).live(whole, 0) == 0
        _examine(whole)
        points = json.loads((whole / "met.json").read_text("utf-8"))
        yield Afterworld(process, cradle, points)
        assert process.stdin is not None
        process.stdin.close()


@pytest.mark.parametrize("kind", KINDS)
def test_killed(afterworld: Afterworld, tmp_path: Path, kind: str) -> None:
    """Killed at each point of a kind and started again, the dialogue ends as if never killed."""
    for at in range(1, afterworld.points[kind] + 1):
        folder = tmp_path / f"{at}"
        shutil.copytree(afterworld.cradle, folder)
        assert afterworld.live(folder, 0, kind, at) == KILLED
        _nothing_acknowledged_is_lost(folder)
        assert afterworld.live(folder, 1) == 0
        _examine(folder)
        shutil.rmtree(folder)


def test_killed_again_and_again(afterworld: Afterworld, tmp_path: Path) -> None:
    """Killed six times in one dialogue, at another point each time, it still ends well."""
    folder = tmp_path / "often"
    shutil.copytree(afterworld.cradle, folder)
    for life, kind in enumerate(("statement", "sent", "hopped", "ack", "settle", "statement")):
        assert afterworld.live(folder, life, kind, 2 + life) in {KILLED, 0}
        _nothing_acknowledged_is_lost(folder)
    assert afterworld.live(folder, 6) == 0
    _examine(folder, most_tries=7)


def test_enough_points(afterworld: Afterworld) -> None:
    """There are at least a hundred points at which it is killed, of every kind."""
    assert set(afterworld.points) == set(KINDS)
    assert sum(afterworld.points.values()) >= 100


def _nothing_acknowledged_is_lost(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "lives.db")) as db:
        seen = {key for (key,) in db.execute("SELECT key FROM seen")}
    assert set(lines(folder / "acknowledged")) <= seen


def _examine(folder: Path, most_tries: int = 2) -> None:
    """Everything happened once; what was sent twice was the same message, marked as a retry."""
    assert lines(folder / "acknowledged") == [f"update {number}" for number in range(len(SAYS))]
    sent: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines(folder / "outbox"):
        entry = json.loads(line)
        sent[entry["ref"]].append(entry)
    for tries in sent.values():
        numbers = [entry.pop("tries") for entry in tries]
        assert numbers == sorted(set(numbers))
        assert numbers[-1] <= most_tries
        assert all(entry == tries[0] for entry in tries)
    _every_message_once([tries[0] for tries in sent.values()])
    _database_is_sound(folder)


def _every_message_once(messages: list[dict[str, Any]]) -> None:
    found = [(each["channel"], each["body"]) for each in messages]
    starts = {
        "telegram": ["Chào ông/bà", "Bước 1/3", "Bước 2/3", "Bước 3/3", "Xong."],
        "sms": [" la ma ", "Mat khau tam", "vua duoc lay lai"],
        "email": ["vừa được lấy lại"],
    }
    for channel, texts in starts.items():
        bodies = [body for name, body in found if name == channel]
        assert len(bodies) == len(texts)
        for text, body in zip(texts, bodies, strict=True):
            assert text in body


def _database_is_sound(folder: Path) -> None:
    ring = keys.load(folder / "keys.json")
    with closing(sqlite3.connect(folder / "lives.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("SELECT count(*) FROM seen").fetchone() == (len(SAYS),)
        assert set(db.execute("SELECT status FROM outbound")) == {("sent",)}
        kinds = [kind for (kind,) in db.execute("SELECT kind FROM audit ORDER BY seq")]
        assert kinds == ["consent", "code_issued", "password_issued"]
        audit.verify_page(db, ring.subkey("audit"), EMPTY, 100)
