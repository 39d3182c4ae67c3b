"""What a turn works with: the procedures, the texts, the rules and the keys.

Made once by the composition root; of all it names only guides and switches are ever read anew.
"""

import hashlib
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property, lru_cache
from math import ceil

from bot.guides import Guides
from bot.limits import Budget
from bot.settings import Limit, Settings
from bot.switches import Switches
from bot.wording import Wording
from bot.workdays import Workdays
from flows.dialogue import Dialogue
from flows.links import Listed
from flows.machine import Flow

DAY = 86_400
UTC_PLUS = 7 * 3600  # Viet Nam has kept UTC+7 without daylight saving since 1975


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
    guides: Guides
    switches: Switches
    dialogue: Dialogue
    keys: Subkeys
    index: Callable[[str, str], bytes]
    random: Callable[[int], bytes]

    def for_batch(self) -> "Desk":
        """The same desk for one batch, which makes every blind index at most once."""
        desk = copy(self)
        object.__setattr__(desk, "index", cache(self.index))
        return desk

    def account_index(self, identifier: str) -> bytes:
        """The blind index of a claimed BHXH (10 digits) or personal (12 digits) number."""
        return self.index(
            "bhxh" if len(identifier) == len("0123456789") else "national", identifier
        )

    def contact_index(self, contact: str) -> bytes:
        """The blind index of a phone number or an e-mail address."""
        return self.index("email" if "@" in contact else "phone", contact)

    def dossier_ref(self, now: float, kind: str = "HS") -> str:
        """A new dossier's reference: the day it was handed in and six characters of our own."""
        drawn = "".join(_REF[byte % len(_REF)] for byte in self.random(6))
        return f"{kind}-{self.day_of(now):%y%m%d}-{drawn}"

    @staticmethod
    def day_of(at: float) -> date:
        """The day in Viet Nam."""
        return datetime.fromtimestamp(at + UTC_PLUS, UTC).date()

    def due(self, kind: str, answers: Mapping[str, str], now: float) -> float:
        """By when a request of this kind is due: the end of that working day."""
        office, days = self.workdays, self.settings.dossiers.days_of(kind, answers)
        return office.end_of(office.due(office.counts_as(now), days))

    def due_verified(self, opened: float) -> float:
        """By when a book is due whose contributions elsewhere have to be verified."""
        office, days = self.workdays, self.settings.dossiers.book_verified_days
        return office.end_of(office.due(office.counts_as(opened), days))

    def pushed(self, due: float, paused: float, now: float) -> float:
        """A due time moved on by the working days of a pause."""
        office = self.workdays
        from_, to = office.counts_as(paused), office.counts_as(now)
        return office.end_of(office.pushed(self.day_of(due), from_, to))

    @cached_property
    def workdays(self) -> Workdays:
        """The working days of the settings' calendar."""
        it = self.settings.calendar
        return Workdays(it.closed, it.worked, opens=it.opens, closes=it.closes)

    @property
    def office(self) -> Workdays:
        """When somebody answers: those days, as operators have changed them."""
        return self.switches.office(self.workdays)

    def chat_mark(self, chat: str) -> str:
        """A chat as the audit chain names it."""
        return self.index("chat", chat).hex()

    def budgets(self, rule: str, subject: bytes) -> list[Budget]:
        """The budgets that limits.<rule> sets on one subject, named by its blind index.

        The subject cannot be guessed from its index, so a plain hash over it is blind too.
        """
        return [
            Budget(hashlib.blake2b(name + subject, digest_size=16).digest(), limit)
            for name, limit in self._limits[rule]
        ]

    @cached_property
    def _limits(self) -> dict[str, list[tuple[bytes, Limit]]]:
        limits = self.settings.limits
        several = {
            rule: [(f"{rule} {limit.seconds} ".encode(), limit) for limit in value]
            for rule, value in limits
            if isinstance(value, tuple) and rule != "pauses"
        }
        paid = Limit(max(1, limits.vnd_per_day // limits.vnd_per_sms), DAY)
        return several | {"vnd_per_day": [(b"vnd_per_day", paid)]}

    @cached_property
    def fixed_holes(self) -> dict[str, str]:
        """What every text may name, whoever it is said to."""
        return {
            "hotline": self.settings.help.hotline,
            "hours": self.settings.help.hours,
            "days": str(self.settings.retention.transcript),
            "checked": f"{self.settings.procedures.checked_on:%d/%m/%Y}",
            "listed": f"{self.settings.official.checked_on:%d/%m/%Y}",
            "label": "",
            "queue": "",
            "until": "",
            "left": "",
        }

    @cached_property
    def listed(self) -> Listed:
        """What is official, for messages that citizens pass on."""
        it = self.settings
        return it.official.listed(it.help.hotline, it.http.public_url)

    @cached_property
    def _system(self) -> dict[str, list[Budget]]:
        rules = ("system_sends", "system_failures", "vnd_per_day")
        return {rule: self.budgets(rule, b"") for rule in rules}

    def system(self, rule: str) -> list[Budget]:
        """The budgets on the system as a whole; the same for everybody."""
        return self._system[rule]

    @staticmethod
    def clock_time(at: float, now: float) -> str:
        """A moment as people say it: "10:35", with the day when it is not today."""
        today = (int(now) + UTC_PLUS) // DAY
        return _clock_time((int(at) + UTC_PLUS) // 60, today)

    @classmethod
    def opening_time(cls, at: float, now: float) -> str:
        """The first full minute from which something is possible."""
        return cls.clock_time(ceil(at / 60) * 60, now)

    @staticmethod
    def wording_mark(text: str) -> str:
        """Names the exact wording a consent was given to."""
        return hashlib.sha256(text.encode()).hexdigest()[:16]


# None that is easily taken for another one.
_REF = "ABCDEGHKMNPTVXY23456789"


@lru_cache(maxsize=256)
def _clock_time(minute: int, today: int) -> str:
    # Every bubble names the present minute, and most of them one of the next few.
    moment = datetime.fromtimestamp(minute * 60, UTC)
    return f"{moment:%H:%M}" if minute * 60 // DAY == today else f"{moment:%H:%M %d/%m}"
