"""kill -9 at every point of a whole dialogue: it goes on, nothing is lost, nothing doubles."""

import asyncio
import json
import re
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
from tests.bot.killable import KINDS, NEW_MAIL, NEW_PHONE, TALES, lines, prepare

KILLED = -signal.SIGKILL
CLOSE = 8  # points from the end
UNDO = r"\b(?:[A-Z]\d){4,}\b"


class Ending(NamedTuple):
    """What a tale must have come to.

    letters: of each channel, one pattern for each letter. every: of its points only one in so
    many is tried. field, new: the contact that it changes.
    """

    letters: dict[str, list[str]]
    acts: list[str]
    every: int = 1
    field: str = ""
    new: str = ""


ENDINGS = {
    "forgot_password": Ending(
        {
            "telegram": ["Chào ông/bà", "Bước 1/3", "Bước 2/3", "Bước 3/3", "Xong."],
            "sms": [" la ma ", "Mat khau tam", "vua duoc lay lai"],
            "email": ["vừa được lấy lại"],
        },
        ["consent", "code_issued", "password_issued"],
    ),
    "add_email": Ending(
        {
            "telegram": [
                "Chào", "Bước 1/4", "Bước 2/4", "Bước 3/4", "xem lại", "Bước 4/4", "Xong."
            ],
            "sms": [" la ma ", UNDO],
            "email": [r"Mã \w\d: ", UNDO],
        },
        ["consent", "code_issued", "code_issued", "contact_changed", "contact_change_decided"],
        every=8,
        field="email",
        new=NEW_MAIL,
    ),
    "change_phone": Ending(
        {
            "telegram": [
                "Chào", "Bước 1/4", "Bước 2/4", "Bước 3/4", "Bước 4/4", "chờ mã", "Xong."
            ],
            "sms": [r" la ma \w\d doi ", r" la ma \w\d nhan ", UNDO],
            "email": [UNDO],
        },
        ["consent", "code_issued", "code_issued", "contact_changed", "contact_change_decided"],
        every=8,
        field="phone",
        new=NEW_PHONE,
    ),
}  # fmt: skip


class Afterworld(NamedTuple):
    """The process that gives lives, and what every life in a tale begins with."""

    process: "subprocess.Popen[str]"
    tale: str
    cradle: Path
    points: dict[str, int]

    def live(self, folder: Path, life: int, kind: str = "", at: int = 0) -> int:
        """Live once in `folder`; how it ended."""
        asked = {"tale": self.tale, "folder": str(folder), "life": life, "kind": kind, "at": at}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return int(json.loads(self.process.stdout.readline())["status"])


@pytest.fixture(scope="module", params=TALES)
def afterworld(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Afterworld]:
    """One life without an end in it tells how many points there are."""
    tale = str(request.param)
    folder = tmp_path_factory.mktemp("lives")
    cradle = folder / "cradle"
    asyncio.run(prepare(cradle))
    command = [sys.executable, "-m", "tests.bot.killable"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        whole = folder / "whole"
        shutil.copytree(cradle, whole)
        assert Afterworld(process, tale, cradle, {}).live(whole, 0) == 0
        _examine(tale, whole)
        points = json.loads((whole / "met.json").read_text("utf-8"))
        yield Afterworld(process, tale, cradle, points)
        assert process.stdin is not None
        process.stdin.close()


@pytest.mark.parametrize("kind", KINDS)
def test_killed(afterworld: Afterworld, tmp_path: Path, kind: str) -> None:
    """Killed at each point of a kind and started again, the dialogue ends as if never killed."""
    tale, every = afterworld.tale, ENDINGS[afterworld.tale].every
    # Of the last statements, which make the change, none is left out.
    last = afterworld.points[kind] - CLOSE
    for at in range(1, afterworld.points[kind] + 1):
        if at < last and at % every != 0:
            continue
        folder = tmp_path / f"{at}"
        shutil.copytree(afterworld.cradle, folder)
        assert afterworld.live(folder, 0, kind, at) == KILLED
        _nothing_acknowledged_is_lost(folder)
        _changed_wholly_or_not_at_all(tale, folder)
        assert afterworld.live(folder, 1) == 0
        _examine(tale, folder)
        shutil.rmtree(folder)


def test_killed_again_and_again(afterworld: Afterworld, tmp_path: Path) -> None:
    """Killed six times in one dialogue, at another point each time, it still ends well."""
    folder = tmp_path / "often"
    shutil.copytree(afterworld.cradle, folder)
    for life, kind in enumerate(("statement", "sent", "hopped", "ack", "settle", "statement")):
        assert afterworld.live(folder, life, kind, 2 + life) in {KILLED, 0}
        _nothing_acknowledged_is_lost(folder)
        _changed_wholly_or_not_at_all(afterworld.tale, folder)
    assert afterworld.live(folder, 6) == 0
    _examine(afterworld.tale, folder, most_tries=7)


def test_enough_points(afterworld: Afterworld) -> None:
    """There are at least a hundred points at which it is killed, of every kind."""
    assert set(afterworld.points) == set(KINDS)
    assert sum(afterworld.points.values()) >= 100


def _nothing_acknowledged_is_lost(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "lives.db")) as db:
        seen = {key for (key,) in db.execute("SELECT key FROM seen")}
    assert set(lines(folder / "acknowledged")) <= seen


def _changed_wholly_or_not_at_all(tale: str, folder: Path) -> None:
    """Registry, change, codes, notices and audit chain tell one story (I05)."""
    ending, ring = ENDINGS[tale], keys.load(folder / "keys.json")
    if not ending.field:
        return
    new = ring.vault().index(ending.field, ending.new)
    with closing(sqlite3.connect(folder / "lives.db")) as db:
        told = [db.execute(query).fetchone()[0] for query in STORY]
        holds = db.execute(f"SELECT count(*) FROM members WHERE {ending.field}_idx = ?", (new,))  # noqa: S608
        assert (*told, *holds.fetchone()) in {(0, 0, 0, 0, 0), (1, 2, 2, 2, 1)}


# How many changes are in force, records tell of one, letters tell of one, codes made one.
STORY = (
    "SELECT count(*) FROM changes WHERE applied_at IS NOT NULL",
    "SELECT count(*) FROM audit WHERE kind LIKE 'contact_%'",
    "SELECT count(*) FROM outbound WHERE slot = '' AND channel IN ('sms', 'email')",
    """
    SELECT CASE WHEN min(used_at IS NOT NULL) AND count(*) = 2 THEN 2 ELSE 0 END FROM challenges
    """,
)


def _examine(tale: str, folder: Path, most_tries: int = 2) -> None:
    """Everything happened once; what was sent twice was the same message, marked as a retry."""
    said = range(len(TALES[tale]))
    assert lines(folder / "acknowledged") == [f"update {number}" for number in said]
    sent: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines(folder / "outbox"):
        entry = json.loads(line)
        sent[entry["ref"]].append(entry)
    for tries in sent.values():
        numbers = [entry.pop("tries") for entry in tries]
        assert numbers == sorted(set(numbers))
        assert numbers[-1] <= most_tries
        assert all(entry == tries[0] for entry in tries)
    _every_message_once(tale, [tries[0] for tries in sent.values()])
    _database_is_sound(tale, folder)


def _every_message_once(tale: str, messages: list[dict[str, Any]]) -> None:
    for channel, patterns in ENDINGS[tale].letters.items():
        bodies = [each["body"] for each in messages if each["channel"] == channel]
        assert len(bodies) == len(patterns)
        for pattern in patterns:
            assert sum(bool(re.search(pattern, body)) for body in bodies) == 1, pattern


def _database_is_sound(tale: str, folder: Path) -> None:
    ring = keys.load(folder / "keys.json")
    with closing(sqlite3.connect(folder / "lives.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("SELECT count(*) FROM seen").fetchone() == (len(TALES[tale]),)
        assert set(db.execute("SELECT status FROM outbound")) == {("sent",)}
        kinds = [kind for (kind,) in db.execute("SELECT kind FROM audit ORDER BY seq")]
        assert kinds == ENDINGS[tale].acts
        audit.verify_page(db, ring.subkey("audit"), EMPTY, 100)
