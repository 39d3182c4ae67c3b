"""A small town with the real engine in it: citizens, their phones and letter boxes, a clock.

Only the senders and the clock are made up. Nothing is sent unless somebody delivers, so a
test decides what happens between two steps.
"""

import asyncio
import itertools
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from bot import keys
from bot.app import Engine, build, running
from bot.channels.base import Incoming
from bot.clock import ManualClock
from bot.notices import AFTER_THE_BUBBLE
from bot.notifier.parcel import ChatBody, Letter, MailBody, PaperBody, PhotoBody, SmsBody
from bot.settings import HumanCheck, Settings
from flows.model import CONTACT, OTHER, STALE, TEXT, Event
from storage.base import Person, Store
from storage.sqlite import SqliteStore
from tests.bot.counterpart import Counterpart

LAN = Person(
    "7900000001",
    "079085000001",
    "Nguyễn Thị Lan",
    "1960-03-12",
    "+84900000101",
    "lan@example.vn",
    "BHXH quận Ba Đình",
)
HUNG = Person("7900000002", "079190000002", "Trần Văn Hùng", "1990-11-02", "+84900000102")
MAI = Person("7900000003", "079078000003", "Lê Thị Mai", "1978-07-25", "", "mai@example.com")
NOBODY = Person("7999999999", "079999999999", "Không Có Ai", "", "+84900000199", "no@example.vn")
MORNING = datetime(2026, 11, 22, 2, 0, tzinfo=UTC).timestamp()

# Six digits by themselves; those in the reference of a request are its date.
CODE = re.compile(r"(?<![\d-])\d{6}(?![\d-])")
PASSWORD = re.compile(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b")
LINK = re.compile(r"/p/([\w-]{22})")
NO_HUMAN_CHECK = Settings(human_check=HumanCheck(policy="never"))

_updates = itertools.count(1)


def incoming(chat: str, event: Event, *, key: str = "", token: str = "") -> Incoming:
    """An update with a key of its own, unless one is given."""
    return Incoming(chat, key or f"update {next(_updates)}", event, token=token)


class Citizen:
    """Somebody with a chat. What they say is committed and answered before it returns."""

    def __init__(self, town: "Town", chat: str) -> None:
        """`chat`: "telegram:7"."""
        self.town = town
        self.chat = chat
        self.sent = 0

    async def says(self, *texts: str, fresh: bool = True) -> ChatBody:
        """Type each text, one after the other; the last bubble."""
        for text in texts:
            await self.does(Event(TEXT, text, fresh))
        return self.last

    async def taps(self, label: str) -> ChatBody:
        """Press the button with this label under the last bubble."""
        return await self.presses(self.token(label))

    async def presses(self, token: str) -> ChatBody:
        """Send back a token, whatever it is worth."""
        return await self.does(Event(STALE), token=token)

    async def shares_phone(self, number: str) -> ChatBody:
        """Let the platform share the citizen's own number."""
        return await self.does(Event(CONTACT, number))

    async def sends_a_sticker(self) -> ChatBody:
        """Send what is not text."""
        return await self.does(Event(OTHER))

    async def does(self, event: Event, *, token: str = "", key: str = "") -> ChatBody:
        """Have one event committed and everything due delivered."""
        await self.puts(event, token=token, key=key)
        await self.town.deliver()
        return self.last

    async def puts(self, event: Event, *, token: str = "", key: str = "") -> None:
        """Have one event committed; nothing is delivered."""
        self.sent += 1
        await self.town.engine.batches.put(incoming(self.chat, event, token=token, key=key))

    def token(self, label: str) -> str:
        """What the button with this label under the last bubble sends back."""
        return next(b.token for b in self.last.buttons if b.label.partition(". ")[2] == label)

    @property
    def bubbles(self) -> list[ChatBody]:
        """Everything this chat was told."""
        return self.town.bubbles(self.chat)

    @property
    def last(self) -> ChatBody:
        """The newest bubble."""
        return self.bubbles[-1]

    # --- whole stretches of the way ----------------------------------------------

    async def asks_for_a_code(self, person: Person = LAN, contact: str = "") -> ChatBody:
        """Go as far as the question for the code."""
        contact = contact or person.phone or person.email
        return await self.says("quên mật khẩu", "đồng ý", person.bhxh_number, contact)

    async def recovers(self, person: Person = LAN, contact: str = "") -> ChatBody:
        """Go all the way."""
        contact = contact or person.phone or person.email
        await self.asks_for_a_code(person, contact)
        return await self.says(self.town.code_for(contact))

    async def guesses_wrong(self, times: int = 1, contact: str = LAN.phone) -> ChatBody:
        """Type so many wrong codes."""
        code = self.town.code_for(contact) if self.town.post_for(contact) else "000000"
        for wrong in itertools.islice(wrong_codes(code), times):
            await self.says(wrong)
        return self.last


class Town:
    """The engine over a store in `folder` (or in memory) and everybody around it."""

    def __init__(
        self,
        folder: Path,
        *,
        on_disk: bool = False,
        settings: Settings = NO_HUMAN_CHECK,
        people: Iterable[Person] = (LAN, HUNG, MAI),
        clock: ManualClock | None = None,
        notify: bool = False,
        around: Callable[[Store], Store] = lambda store: store,
    ) -> None:
        """notify: let the notifier run by itself. around: what stands before the store."""
        self.folder = folder
        self.settings = settings
        self.people = list(people)
        self.clock = clock or ManualClock(MORNING)
        self.notify = notify
        self.around = around
        self.database = folder / "town.db"
        self.where = str(self.database) if on_disk else ":memory:"
        self.telegram, self.web = Counterpart("telegram"), Counterpart("web")
        self.sms, self.email = Counterpart("sms"), Counterpart("email")

    async def __aenter__(self) -> Self:
        """Open the store, build the engine, set it to work."""
        self.keyring = keys.load_or_create(self.folder / "keys" / "keys.json", now=MORNING)
        async with AsyncExitStack() as stack:
            self.store = await self._opened()
            stack.push_async_callback(self.store.close)
            await self.store.add_members(self.people)
            self.engine = self.engine_over(self.store)
            await stack.enter_async_context(running(self.engine, notify=self.notify))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the engine, close the store."""
        await self._stack.aclose()

    async def _opened(self) -> SqliteStore:
        store = SqliteStore(self.where, self.keyring.vault(), self.keyring.subkey("audit"))
        await store.open(now=self.clock.now())
        return store

    def engine_over(self, store: Store) -> Engine:
        """Another engine of this town, as another process would have it."""
        senders = {each.name: each for each in (self.telegram, self.web, self.sms, self.email)}
        store = self.around(store)
        return build(self.settings, self.keyring, store, self.clock, senders, chance=lambda: 0.5)

    async def second_process(self, stack: AsyncExitStack) -> Engine:
        """Another running engine on the same file."""
        store = await self._opened()
        stack.push_async_callback(store.close)
        return await stack.enter_async_context(running(self.engine_over(store), notify=False))

    async def restarts(self) -> None:
        """Stop everything and start again from what is on disk."""
        await self.__aexit__()
        await self.__aenter__()

    def citizen(self, chat: str = "telegram:7") -> Citizen:
        """Somebody with this chat."""
        return Citizen(self, chat)

    async def deliver(self) -> None:
        """Send what is due, also what is held back for a moment."""
        await self.engine.notifier.drain()
        self.clock.pass_(AFTER_THE_BUBBLE)
        await self.engine.notifier.drain()

    # --- what arrived ------------------------------------------------------------

    def bubbles(self, chat: str) -> list[ChatBody]:
        """Everything one chat was told."""
        channel, _, to = chat.partition(":")
        letters = (self.telegram if channel == "telegram" else self.web).letters
        found = (each.body for each in letters if each.to == to)
        return [body for body in found if isinstance(body, ChatBody)]

    def post_for(self, contact: str) -> list[str]:
        """The texts of every SMS or e-mail to this contact."""
        return _texts(self.email if "@" in contact else self.sms, contact)

    def sms_to(self, phone: str) -> list[str]:
        """The SMS to this number."""
        return _texts(self.sms, phone)

    def codes_for(self, contact: str) -> list[str]:
        """Every code that arrived at a phone or an address."""
        return [found[0] for text in self.post_for(contact) if (found := CODE.search(text))]

    def code_for(self, contact: str) -> str:
        """The newest one."""
        return self.codes_for(contact)[-1]

    def passwords_for(self, contact: str) -> list[str]:
        """Every temporary password that arrived there."""
        return [found[0] for text in self.post_for(contact) if (found := PASSWORD.search(text))]

    # --- what was written down ---------------------------------------------------

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        return await self.store._look(lambda db: db.execute(query, values).fetchall())

    async def value(self, query: str, *values: object) -> Any:  # noqa: ANN401 - a column
        """The first value of the first row."""
        return (await self.rows(query, *values))[0][0]

    def from_outside(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the file over a connection of its own."""
        with closing(sqlite3.connect(self.database)) as db:
            return db.execute(query).fetchall()


def wrong_codes(right: str) -> Iterable[str]:
    """Six digits that are not these, over and over."""
    number = int(right)
    for step in itertools.count(1):
        yield f"{(number + 7 * step) % 1_000_000:06d}"


def letter_text(letter: Letter) -> str:
    """All the words of a letter."""
    match letter.body:
        case MailBody(subject, text, _):
            return f"{subject}\n{text}"
        case SmsBody(text) | ChatBody(text):
            return text
        case PhotoBody() | PaperBody():
            return ""


def _texts(counterpart: Counterpart, to: str) -> list[str]:
    return [letter_text(letter) for letter in counterpart.letters if letter.to == to]


async def all_at_once(calls: Sequence[Any]) -> list[Any]:
    """Start every call before the first one ends; exceptions are results."""
    return await asyncio.gather(*calls, return_exceptions=True)
