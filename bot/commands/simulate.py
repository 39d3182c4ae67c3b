"""`vssid-bot simulate`: talk to the bot from a file, without a network."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from bot.channels.telegram import BadUpdate, sent_at
from bot.commands.opening import say, warn
from bot.registry import people
from bot.simulate import NotReplayable, Replay, Sent, replaying
from storage.base import Person

NEW_YEAR = 1_767_225_600.0  # 2026-01-01, for a file whose updates have no date


async def simulate(
    file: Path,
    *,
    registry: Annotated[Path | None, Parameter(help="Members to load first (CSV).")] = None,
    as_json: Annotated[
        bool, Parameter("--json", negative="", help="One JSON object per outbound message.")
    ] = False,
) -> int:
    """Replay Telegram updates, one JSON object per line, on a fresh store in memory.

    In a text, {code:ADDRESS} stands for the newest code delivered to that phone number or
    e-mail address. The data of a callback query may be a button's label or number.
    """
    lines = _lines(file)
    failed = False
    async with replaying(_members(registry), start=_first(lines)) as replay:
        for number, line in enumerate(lines, 1):
            failed |= not await _play(replay, number, line, as_json=as_json)
    return int(failed)


async def _play(replay: Replay, number: int, line: str, *, as_json: bool) -> bool:
    if not as_json:
        say(_heard(line))
    try:
        sent = await replay.play(line)
    except NotReplayable as error:
        warn(f"line {number}: {error}")
        return False
    for message in sent:
        shown = json.dumps(asdict(message), ensure_ascii=False) if as_json else _shown(message)
        say(shown)
    return True


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text("utf-8").splitlines() if line.strip()]


def _shown(message: Sent) -> str:
    body = message.text.replace("\n", "\n    ")
    buttons = "".join(f" [{label}]" for label in message.buttons)
    return f"<- {message.channel} {message.to}\n    {body}" + (
        f"\n   {buttons}" if buttons else ""
    )


def _heard(line: str) -> str:
    try:
        update = json.loads(line)
        message = update.get("message") or {}
        press = update.get("callback_query") or {}
        return f"-> {message.get('text') or press.get('data') or '(no text)'}"
    except (ValueError, AttributeError):
        return "-> (not an update)"


def _first(lines: list[str]) -> float:
    for line in lines:
        try:
            at = sent_at(line.encode())
        except BadUpdate:
            continue
        if at:
            return at
    return NEW_YEAR


def _members(registry: Path | None) -> Iterator[Person]:
    if registry is not None:
        yield from people(registry)
