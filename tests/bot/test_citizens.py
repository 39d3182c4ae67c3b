"""Ten people, as they write: where each message leads, what is said, and who else is written to.

Each is a file of recorded updates with its expected course, `tests/dialogues/citizens/`; `at` is
procedure and state after the message, `says` how the bubble begins.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.registry import people
from bot.simulate import Replay, replaying

DIALOGUES = Path(__file__).parents[1] / "dialogues"
CITIZENS = sorted(file.stem for file in (DIALOGUES / "citizens").glob("*.toml"))
START = 1_793_000_000


def test_there_are_ten() -> None:
    """Ten kinds of people at least."""
    assert len(CITIZENS) >= 10


@pytest.mark.parametrize("name", CITIZENS)
async def test_a_citizen(name: str) -> None:
    """Every message leads where it must, and nobody is written to who should not be."""
    expected = tomllib.loads((DIALOGUES / "citizens" / f"{name}.toml").read_text("utf-8"))
    lines = (DIALOGUES / "citizens" / f"{name}.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == len(expected["course"])
    async with replaying(people(DIALOGUES / "registry.csv"), start=START) as replay:
        for line, step in zip(lines, expected["course"], strict=True):
            at, said, letters = await _happens(replay, line)
            assert at == step["at"], line
            assert said.startswith(step["says"]), line
            assert letters == step.get("letters", []), line
        assert await replay._engine.store.asides(limit=1) == []


async def _happens(replay: Replay, line: str) -> tuple[str, str, list[str]]:
    sent = await replay.play(line)
    chats = [each.text for each in sent if each.channel == "chat" and each.text[:1] != "("]
    letters = [f"{each.channel} {each.to}" for each in sent if each.channel != "chat"]
    update: dict[str, Any] = json.loads(line)
    message = update.get("message") or update["callback_query"]["message"]
    chat = f"telegram:{message['chat']['id']}"
    async with replay._engine.store.unit(now=replay._clock.now()) as unit:
        row = (await unit.conversations([chat]))[chat]
    return (f"{row.flow}/{row.state}" if row.flow else "menu"), chats[0] if chats else "", letters
