"""Recorded updates through the real path: every state, every letter, the registry afterwards."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.registry import people
from bot.simulate import Replay, Sent, replaying
from storage.base import Unit
from tests.bot.town import CODE

DIALOGUES = Path(__file__).parents[2] / "dialogues"
START = 1_793_000_000
NAMES = sorted(file.stem for file in DIALOGUES.glob("*.toml"))
# So many messages of the citizen's own are enough where nothing goes wrong.
ENOUGH = {
    "add_email": 7, "change_phone": 7, "reissue": 11, "change_payment": 11, "transfer_pension": 10,
}  # fmt: skip


def _updates(name: str) -> list[str]:
    return (DIALOGUES / f"{name}.jsonl").read_text("utf-8").splitlines()


def _expected(name: str) -> dict[str, Any]:
    return tomllib.loads((DIALOGUES / f"{name}.toml").read_text("utf-8"))


def _letters(sent: list[Sent]) -> list[str]:
    """Who got what, besides the chat: "code to +84…", "notice to …"."""
    elsewhere = [each for each in sent if each.channel != "chat"]
    kinds = ["code" if CODE.search(each.text) else "notice" for each in elsewhere]
    return [f"{kind} to {each.to}" for kind, each in zip(kinds, elsewhere, strict=True)]


def _papers(sent: list[Sent]) -> list[str]:
    found = (re.fullmatch(r"\((\w+) HS-\S+\)", each.text) for each in sent)
    return [paper[1] for paper in found if paper]


async def _state(unit: Unit, line: str) -> str:
    update = json.loads(line)
    message = update.get("message") or update["callback_query"]["message"]
    chat = f"telegram:{message['chat']['id']}"
    return (await unit.conversations([chat]))[chat].state


async def _play(replay: Replay, name: str, line: str) -> tuple[dict[str, Any], str]:
    """Play one update; its step of the course, and what the chat said."""
    sent = await replay.play(line)
    step: dict[str, Any] = {}
    async with replay._engine.store.unit(now=replay._clock.now()) as unit:
        step["state"] = await _state(unit, line)
    step |= {"letters": letters} if (letters := _letters(sent)) else {}
    step |= {"papers": papers} if (papers := _papers(sent)) else {}
    said = [each.text for each in sent if each.channel == "chat" and not each.text.startswith("(")]
    assert said, f"{name}: the chat was told nothing"
    return step, said[0]


@pytest.mark.parametrize("name", NAMES)
async def test_a_recorded_dialogue(name: str) -> None:
    """Each update leads where it must, only the right addresses are written to, one thing ends."""
    expected = _expected(name)
    course, said = [], ""
    async with replaying(people(DIALOGUES / "registry.csv"), start=START) as replay:
        for line in _updates(name):
            step, said = await _play(replay, name, line)
            course.append(step)
        store, now = replay._engine.store, replay._clock.now()
        async with store.unit(now=now) as unit:
            members = await unit.members(list(expected["afterwards"]))
        assert await store.verify_audit() == len(expected["acts"])
        acts = [kind for (kind,) in await _rows(store, "SELECT kind FROM audit ORDER BY seq")]
        dossiers = await _rows(store, "SELECT kind, state FROM dossiers ORDER BY opened_at")
        assert await store.asides(limit=1) == []
    assert course == expected["course"]
    assert acts == expected["acts"]
    assert [" ".join(row) for row in dossiers] == expected.get("dossiers", [])
    assert said.startswith(expected["says"])
    for number, fields in expected["afterwards"].items():
        member = members[number]
        assert {key: _field(member, key) for key in fields} == fields


async def _rows(store: Any, query: str) -> list[tuple[str, ...]]:  # noqa: ANN401
    """Look inside the one engine that replays have."""
    rows: list[tuple[str, ...]] = await store._look(lambda db: db.execute(query).fetchall())
    return rows


def _field(member: Any, key: str) -> Any:  # noqa: ANN401 - whatever the file names
    return getattr(member, key, None) or getattr(member.person, key)


@pytest.mark.parametrize("name", [name for name in ENOUGH if name in NAMES])
def test_few_messages_are_enough(name: str) -> None:
    """The happy path takes no more of the citizen's own messages than was promised."""
    assert len(_updates(name)) <= ENOUGH[name]
