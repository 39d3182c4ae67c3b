"""The demo's officers: the commands on the folder of a demo that runs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.clock import SteadyClock
from bot.commands.demo import OFFICERS, SETTINGS, settle
from bot.commands.opening import settings_from
from bot.demo.board import Bubble, Entry, Live, Mail, Sms
from bot.demo.citizens import international, sample_citizens
from bot.demo.post import chat_topic, mail_topic, sms_topic
from bot.demo.stage import Stage
from bot.requests import Form, write_form
from storage.base import Change, Dossier, Edge
from tests.bot.commands.conftest import Installation, Outcome

REF = "HS-261122-BBBBBB"
MAU = sample_citizens()[0]
AN, BINH = OFFICERS


@dataclass(frozen=True)
class Office(Installation):
    """The folder of a demo, as officers find it."""

    @property
    def config(self) -> Path:
        """What the demo left there."""
        return self.folder / SETTINGS

    async def does(self, *words: object) -> Outcome:
        """Run one command beside the demo."""
        return await asyncio.to_thread(self.run, "dossier", *words)

    async def decides(self, step: str, officer: str, *words: str) -> Outcome:
        """One step."""
        return await self.does("decide", REF, step, "--as", officer, *words)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A demo that runs, where a citizen has told that the phone is lost."""
    stage = Stage(settle(tmp_path, 8000, link=False), SteadyClock())
    await stage.begin()
    await _asks_for_review(stage)
    yield stage
    await stage.posts.chat.close()
    await stage.end()


@pytest.fixture
def officers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """Their commands, on the same folder."""
    return Office(tmp_path, capsys)


async def _asks_for_review(stage: Stage) -> None:
    store, now = stage.engine.store, stage.engine.turns.clock.now()
    dossier = Dossier(
        ref=REF,
        kind="phone_review",
        account=store.index("bhxh", MAU.bhxh_number),
        chat="web:mau",
        lang="vi",
        state="submitted",
        version=1,
        is_open=True,
        opened_at=now,
        due_at=now + 86_400,
        paused_at=None,
        form=write_form(Form({"phone": international(MAU.new_phone)})),
    )
    async with store.unit(now=now) as unit:
        await unit.save_dossiers([dossier])
        await unit.add_edges([Edge(REF, 1, now, "draft", "submitted", "citizen", "")])


async def _lying(stage: Stage, *topics: str) -> list[Entry]:
    found = []
    async for entry in stage.posts.board.follow(topics):
        if isinstance(entry, Live):
            break
        found.append(entry)
    return found


async def _arrives(stage: Stage, word: str, *topics: str) -> Entry:
    """The first thing that says so; the demo's own notifier brings it."""
    for _ in range(100):
        for entry in await _lying(stage, *topics):
            if isinstance(entry, Bubble | Sms | Mail) and word in entry.text:
                return entry
        await asyncio.sleep(0.1)
    pytest.fail(f"nothing with {word!r} has come")


async def _changes(stage: Stage) -> list[Change]:
    store = stage.engine.store
    async with store.unit(now=stage.engine.turns.clock.now()) as unit:
        return await unit.changes_of([store.index("bhxh", MAU.bhxh_number)], 0)


async def test_two_officers_decide_in_the_demo(stage: Stage, officers: Office) -> None:
    """Listed, reviewed, approved by two different ones, told on the demo's page, held."""
    listed = await officers.does("list")
    assert (listed.code, REF in listed.out) == (0, True), listed.err
    assert (await officers.decides("review", AN)).code == 0
    assert (await officers.decides("approve", AN)).code == 0
    again = await officers.decides("approve", AN)
    assert (again.code, "another officer has to" in again.err) == (1, True)
    assert await _changes(stage) == []
    assert (await officers.decides("approve", BINH)).code == 0
    (change,) = await _changes(stage)
    assert change.applies_at - change.decided_at == 72 * 3600
    await _arrives(stage, "giải quyết xong", chat_topic("mau"))
    await _arrives(stage, "KHONG ", sms_topic(international(MAU.phone)))
    await _arrives(stage, "KHÔNG ", mail_topic(MAU.email))


async def test_nobody_else_decides_in_the_demo(stage: Stage, officers: Office) -> None:
    """Only its two sample officers, as in production."""
    assert stage.engine.desk.settings.dossiers.officers == (AN, BINH)
    assert (await officers.decides("review", "mallory")).code == 2


async def test_a_reset_keeps_the_officers(stage: Stage, officers: Office) -> None:
    """After a reset the commands still find the demo's database."""
    await stage.reset()
    done = await officers.does("list")
    assert (done.code, done.out) == (0, "no dossiers\n"), done.err


def test_settings_for_any_folder(tmp_path: Path) -> None:
    """Whatever the folder is called, the commands read what the demo plays with."""
    folder = tmp_path / 'hồ sơ "thử" \\1'
    folder.mkdir()
    made = settle(folder, 1234, link=True)
    read = settings_from(folder / SETTINGS)
    assert (read.database, read.keys, read.http) == (made.database, made.keys, made.http)
    assert (read.dossiers, read.recovery) == (made.dossiers, made.recovery)
