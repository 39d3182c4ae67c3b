"""The dialogue every system is measured on: P1 "forgot password" as Telegram sends it.

Five messages of one citizen: the command, the consent, the account number, the registered
phone, the code from the SMS. Then another citizen writes in the same place, so the number
of chats in flight stays what was asked for. Every message is a whole `Update` in JSON
bytes; nothing here knows how a system decodes or answers it.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

COMMAND = "/quenmatkhau"
CONSENT = "đồng ý"
STEPS = 5

_FIRST_CHAT = 5_000_000_000  # beyond 32 bits, as ids of new Telegram accounts are
_STRIDE = 7_919  # prime, so the walk over 10^n members visits all of them, far apart


@dataclass(frozen=True, slots=True)
class Citizen:
    """A fictitious member of the registry and the chat from which they write."""

    index: int

    @property
    def chat(self) -> int:
        """Their Telegram chat; a citizen who comes back comes back in the same one."""
        return _FIRST_CHAT + self.index

    @property
    def number(self) -> str:
        """Their BHXH number, 10 digits."""
        return f"79{self.index:08d}"

    @property
    def phone(self) -> str:
        """Their registered mobile number as a citizen types it."""
        return f"09{self.index:08d}"


CodeFor = Callable[[Citizen], str]


def citizens(members: int, part: int = 0, parts: int = 1) -> Iterator[Citizen]:
    """Walk a `parts`-th of the registry for ever, in jumps that no page cache foresees."""
    for turn in count():
        yield Citizen(turn * parts * _STRIDE % (members - members % parts) + part)


class Crowd:
    """`in_flight` citizens who talk at the same time; each writes once per batch."""

    def __init__(self, in_flight: int, people: Iterator[Citizen], ids: Iterator[int]) -> None:
        """`ids` numbers the updates and is shared by all crowds of one system."""
        self.people = people
        self.ids = ids
        self.talks = [_Talk(next(people), late=seat % STEPS) for seat in range(in_flight)]

    def batch(self, code_for: CodeFor) -> list[bytes]:
        """The next message of each of them.

        The first batches are smaller: the crowd arrives staggered, so that later on each
        batch holds every step of the dialogue, as it would in the wild.
        """
        return [self._next(talk, code_for) for talk in self.talks if talk.has_come()]

    def _next(self, talk: "_Talk", code_for: CodeFor) -> bytes:
        text = talk.text(code_for)
        raw = update(next(self.ids), talk.citizen.chat, text)
        talk.step += 1
        if talk.step == STEPS:
            talk.citizen, talk.step = next(self.people), 0
        return raw


@dataclass(slots=True)
class _Talk:
    """One seat of the crowd and how far its citizen has come."""

    citizen: Citizen
    late: int
    step: int = 0

    def has_come(self) -> bool:
        self.late -= 1
        return self.late < 0

    def text(self, code_for: CodeFor) -> str:
        said = (COMMAND, CONSENT, self.citizen.number, self.citizen.phone)
        return said[self.step] if self.step < len(said) else code_for(self.citizen)


def update(number: int, chat: int, text: str) -> bytes:
    """One private text message as the Bot API delivers it (non-ASCII escaped, no blanks)."""
    name = {"id": chat, "first_name": "Lan", "last_name": "Nguyễn"}
    message: dict[str, object] = {
        "message_id": number % 1_000_000 + 1,
        "from": {**name, "is_bot": False, "language_code": "vi"},
        "chat": {**name, "type": "private"},
        "date": int(time.time()),
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"offset": 0, "length": len(text), "type": "bot_command"}]
    raw = json.dumps({"update_id": number, "message": message}, separators=(",", ":"))
    return raw.encode()
