"""The outgoing mail of the ORM peer: sealed rows, written in the turn's own session."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.peers.orm_audit import Chain
from benchmarks.peers.orm_safe import Safe
from benchmarks.peers.orm_tables import Conversation, Outbound
from bot.codes import bubble_mark

Buttons = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Keys:
    """What every turn works with."""

    safe: Safe
    chain: Chain
    code: bytes
    tap: bytes

    def index(self, kind: str, value: str) -> bytes:
        """Make a blind index."""
        return self.safe.vault.index(kind, value)

    def digest(self, code: str) -> bytes:
        """Make what is kept of a code."""
        return hmac.digest(self.code, code.encode(), hashlib.sha256)


@dataclass(slots=True)
class Post:
    """Writes one update's messages; `sms` collects what the gateway will have to send."""

    keys: Keys
    session: AsyncSession
    now: float
    sms: list[tuple[str, str]] = field(default_factory=list)

    def say(self, talk: Conversation, said: str, buttons: Buttons) -> None:
        """Write the bubble, with buttons that are worth nothing in any other bubble."""
        mark = bubble_mark(self.keys.tap, str(talk.chat), talk.turn) if buttons else ""
        shown = [
            {"text": f"{number}. {label}", "token": f"{mark}{number}"}
            for number, (label, _) in enumerate(buttons, 1)
        ]
        self._add("telegram", str(talk.chat), {"text": said, "buttons": shown})

    def text(self, phone: str, text: str, *, withheld: bool = False) -> None:
        """Write an SMS; a withheld one never leaves."""
        self._add("sms", phone, {"text": text}, status="withheld" if withheld else "waiting")
        if not withheld:
            self.sms.append((phone, text))

    def notify(self, text: str, phone: str, chats: Iterable[int]) -> None:
        """Tell the member's phone and these chats."""
        self.text(phone, text)
        for chat in chats:
            self._add("telegram", str(chat), {"text": text})

    def _add(self, channel: str, to: str, body: dict[str, Any], status: str = "waiting") -> None:
        ref = f"{time.time_ns():016x}{secrets.token_hex(8)}"
        row = Outbound(
            ref=ref,
            channel=channel,
            letter=self.keys.safe.json("outbound", ref, "letter", {"to": to, **body}),
            due=self.now,
            status=status,
        )
        self.session.add(row)
