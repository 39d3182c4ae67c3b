"""Replays Telegram updates through the real path on a fresh store, in their own time.

The flow tests with simulated updates and the command `simulate` use this engine. Only the
clock, the store (in memory) and the senders differ from production.
"""

import json
import os
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.app import Engine, build, running
from bot.channels.telegram import BadUpdate, decode, sent_at
from bot.clock import ManualClock
from bot.due import raise_due
from bot.keys import Keyring
from bot.notifier.parcel import (
    Button,
    ChatBody,
    Delivered,
    Letter,
    MailBody,
    PaperBody,
    PhotoBody,
    Verdict,
)
from bot.settings import Settings
from flows.checks import Got, contact
from storage.base import Person
from storage.sqlite import SqliteStore
from storage.vault import SECRET_BYTES, Key

BOT_ID = "0"
THINKING = 1.0  # seconds that pass between two updates of the same second
_CODE = re.compile(r"\{code:([^{}]+)\}")
_BUTTON = re.compile(r"\{button:([^{}]+)\}")
_SIX = re.compile(r"(?<![\d-])\d{6}(?![\d-])")


class NotReplayable(Exception):
    """An update of the file cannot be replayed; the message says why."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One outbound message. `buttons` are labels; a press names one of them."""

    channel: str
    to: str
    text: str
    buttons: list[str]


@dataclass(slots=True)
class Outbox:
    """Collects what one channel sends; a Sender."""

    name: str
    letters: list[Letter] = field(default_factory=list)

    async def send(self, letter: Letter) -> Verdict:
        """Keep it."""
        self.letters.append(letter)
        return Delivered()

    async def close(self) -> None:
        """Nothing to let go of."""


class Replay:
    """One conversation or many, replayed update by update."""

    def __init__(self, engine: Engine, clock: ManualClock, outboxes: list[Outbox]) -> None:
        """Made by `replaying`."""
        self._engine = engine
        self._clock = clock
        self._outboxes = outboxes
        self._buttons: dict[str, list[Button]] = {}
        self._codes: dict[str, str] = {}

    async def play(self, line: str) -> list[Sent]:
        """Hand in one update as JSON; everything that was sent because of it."""
        update = self._filled(line)
        raw = json.dumps(update).encode()
        try:
            incoming = decode(raw, BOT_ID)
            at = sent_at(raw)
        except BadUpdate as error:
            raise NotReplayable(str(error)) from None
        if "callback_query" not in update and at is not None:
            self._clock.reach(at)
        if incoming is None:
            return []
        await raise_due(self._engine.turns, self._engine.store, now=self._clock.now())
        await self._engine.batches.put(incoming)
        self._clock.pass_(THINKING)
        await self._engine.notifier.drain()
        return list(self._collect())

    def _filled(self, line: str) -> dict[str, Any]:
        try:
            update = json.loads(line)
        except ValueError:
            raise NotReplayable("not JSON") from None
        if not isinstance(update, dict):
            raise NotReplayable("not an update")
        message, press = update.get("message"), update.get("callback_query")
        if isinstance(message, dict) and isinstance(message.get("text"), str):
            message["text"] = _CODE.sub(lambda found: self._code(found[1]), message["text"])
        if isinstance(press, dict) and isinstance(press.get("data"), str):
            chat = (press.get("message") or {}).get("chat", {}).get("id")
            press["data"] = self._token(str(chat), press["data"])
        return update

    def _code(self, address: str) -> str:
        found = contact(address)
        key = found.value if isinstance(found, Got) else address
        if key not in self._codes:
            raise NotReplayable("no code was delivered to the address named in {code:...}")
        return self._codes[key]

    def _token(self, chat: str, data: str) -> str:
        """The token of the button that `data` names by label, number or {button:label}."""
        named = _BUTTON.fullmatch(data)
        label = (named[1] if named else data).strip()
        for button in self._buttons.get(chat, []):
            number, _, bare = button.label.partition(". ")
            if label in (button.label, bare, number):
                return button.token
        return data

    def _collect(self) -> Iterator[Sent]:
        for outbox in self._outboxes:
            for letter in outbox.letters:
                yield self._sent(outbox.name, letter)
            outbox.letters.clear()

    def _sent(self, channel: str, letter: Letter) -> Sent:
        body, buttons = letter.body, []
        if isinstance(body, ChatBody):
            if body.buttons or body.text:
                self._buttons[letter.to] = body.buttons
            buttons = [button.label for button in body.buttons]
        elif isinstance(body, PhotoBody | PaperBody):
            named = "(photo)" if isinstance(body, PhotoBody) else f"({body.paper} {body.dossier})"
            return Sent(channel, letter.to, named, [])
        elif found := _SIX.search(body.text):
            self._codes[letter.to] = found[0]
        text = f"{body.subject}\n\n{body.text}" if isinstance(body, MailBody) else body.text
        return Sent(channel, letter.to, text, buttons)


@asynccontextmanager
async def replaying(
    people: Iterable[Person], *, start: float, settings: Settings | None = None
) -> AsyncIterator[Replay]:
    """A fresh engine with these people in its registry, at `start` (seconds since 1970 UTC)."""
    keyring = Keyring((Key(os.urandom(4).hex(), os.urandom(SECRET_BYTES)),))
    store = SqliteStore(":memory:", keyring.vault(), keyring.subkey("audit"))
    clock = ManualClock(start)
    outboxes = [Outbox("chat"), Outbox("sms"), Outbox("email")]
    senders = dict(zip(("telegram", "sms", "email"), outboxes, strict=True))
    await store.open(now=clock.now())
    try:
        await store.add_members(people)
        engine = build(settings or Settings.local(), keyring, store, clock, senders)
        async with running(engine, notify=False):
            yield Replay(engine, clock, outboxes)
    finally:
        await store.close()
