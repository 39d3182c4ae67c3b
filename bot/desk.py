"""What a turn works with: the procedures, the texts, the rules and the keys.

Made once by the composition root and never changed afterwards.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from bot.settings import Settings
from bot.limits import Budget
from bot.wording import Wording
from flows.dialogue import Dialogue
from flows.machine import Flow

# Viet Nam has kept UTC+7 without daylight saving since 1975.
VIET_NAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Subkeys:
    """One key per use, all derived from the key file."""

    code: bytes
    tap: bytes
    human: bytes
    password: bytes


@dataclass(frozen=True)
class Desk:
    """`index` makes blind indexes as the store does; `random` gives n random bytes."""

    settings: Settings
    flows: Mapping[str, Flow]
    wording: Wording
    dialogue: Dialogue
    keys: Subkeys
    index: Callable[[str, str], bytes]
    random: Callable[[int], bytes]

    def account_index(self, identifier: str) -> bytes:
        """The blind index of a claimed BHXH (10 digits) or personal (12 digits) number."""
        return self.index("bhxh" if len(identifier) == len("0123456789") else "national", identifier)

    def contact_index(self, contact: str) -> bytes:
        """The blind index of a phone number or an e-mail address."""
        return self.index("email" if "@" in contact else "phone", contact)

    def chat_mark(self, chat: str) -> str:
        """A chat as the audit chain names it."""
        return self.index("chat", chat).hex()

    def budgets(self, rule: str, subject: str) -> list[Budget]:
        """The budgets that limits.<rule> sets on one subject."""
        limits = getattr(self.settings.limits, rule)
        return [
            Budget(self.index("limit", f"{rule} {limit.seconds} {subject}"), limit)
            for limit in limits
        ]

    @staticmethod
    def clock_time(at: float, now: float) -> str:
        """A moment as people say it: "10:35", with the day when it is not today."""
        then, today = (datetime.fromtimestamp(moment, UTC).astimezone(VIET_NAM) for moment in (at, now))
        return f"{then:%H:%M}" if then.date() == today.date() else f"{then:%H:%M %d/%m}"

    @staticmethod
    def wording_mark(text: str) -> str:
        """Names the exact wording a consent was given to."""
        return hashlib.sha256(text.encode()).hexdigest()[:16]
