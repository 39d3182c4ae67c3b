"""SQLAlchemy's async ORM with the bot's guarantee: one session, one transaction per update.

Updates run one after the other on one connection: SQLite has one writer, and sessions that
wait for its lock in threads are slower still. `BEGIN IMMEDIATE` is sent by hooks because
the driver's own BEGIN comes too late. Columns are not sealed; JSON is read with the
standard library: both spare this peer work that the bot does.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from benchmarks.dialogue import COMMAND, CONSENT, Citizen
from benchmarks.peers import p1
from benchmarks.peers.orm_tables import Base, Challenge, Conversation, Line, Member, Outbound, Seen
from benchmarks.system import Setting

_KEY = b"not a secret: a benchmark's"
_CHUNK = 10_000
Buttons = Sequence[tuple[str, str]]


def _digest(code: str) -> bytes:
    return hmac.digest(_KEY, code.encode(), hashlib.sha256)


class Turn:
    """One update inside one session."""

    def __init__(self, session: AsyncSession, chat: int, text: str, sms: list[Outbound]) -> None:
        """`sms` collects what the gateway will have to send."""
        self.session, self.chat, self.text, self.sms = session, chat, text, sms
        self.now = time.time()

    async def run(self) -> None:
        """Load where the chat stands, decide, write it all down."""
        talk = await self.session.get(Conversation, self.chat)
        if talk is None:
            talk = Conversation(chat=self.chat, state="menu", draft={}, at=self.now)
            self.session.add(talk)
        talk.state, said, buttons = await self.decide(talk)
        talk.at = self.now
        self.session.add(Line(chat=self.chat, at=self.now, heard=self.text, said=said))
        self._send("telegram", str(self.chat), {"text": said, "buttons": list(buttons)})

    async def decide(self, talk: Conversation) -> tuple[str, str, Buttons]:
        """Next state, what to say, and the buttons under it."""
        match talk.state:
            case _ if self.text == COMMAND:
                return "consent", p1.ASK_CONSENT, p1.YES_NO
            case "consent" if self.text == CONSENT:
                return "number", p1.ASK_NUMBER, ()
            case "number" if len(number := p1.digits(self.text)) == len("0123456789"):
                talk.draft = {"number": number}
                return "phone", p1.ASK_PHONE, ()
            case "phone":
                talk.draft = {**talk.draft, "phone": p1.digits(self.text)}
                await self._send_code(talk.draft)
                return "code", p1.ASK_CODE, p1.CODE_BUTTONS
            case "code":
                return await self._check(talk)
        return talk.state, p1.WRONG, ()

    async def _send_code(self, draft: dict[str, Any]) -> None:
        member = await self.session.get(Member, draft["number"])
        code = p1.new_code()
        row = Challenge(
            chat=self.chat, digest=_digest(code), tries=0, expires_at=self.now + p1.CODE_LIFE
        )
        await self.session.merge(row)
        if member is not None and member.phone == draft["phone"]:
            self._send("sms", member.phone, {"text": p1.code_sms(code)})

    async def _check(self, talk: Conversation) -> tuple[str, str, Buttons]:
        challenge = await self.session.get_one(Challenge, self.chat)
        challenge.tries += 1
        if challenge.tries > p1.MAX_TRIES or self.now > challenge.expires_at:
            return "menu", p1.LOCKED, ()
        if not hmac.compare_digest(challenge.digest, _digest(p1.digits(self.text))):
            return "code", p1.WRONG, ()
        challenge.expires_at = 0.0
        await self._new_password(talk.draft["number"])
        talk.draft = {}
        return "menu", p1.DONE, p1.DONE_BUTTONS

    async def _new_password(self, number: str) -> None:
        member = await self.session.get_one(Member, number)
        word, member.password_hash = p1.new_password()
        member.password_until = self.now + p1.PASSWORD_LIFE
        self._send("sms", member.phone, {"text": p1.password_sms(word)})

    def _send(self, channel: str, to: str, body: dict[str, Any]) -> None:
        row = Outbound(channel=channel, recipient=to, body=body, due=self.now)
        self.session.add(row)
        if channel == "sms":
            self.sms.append(row)


class PerUpdate:
    """The peer as a system."""

    async def prepare(self, setting: Setting) -> None:
        """Create the tables and fill the registry."""
        await self.open(setting)
        async with self.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            for first in range(0, setting.members, _CHUNK):
                people = map(Citizen, range(first, min(first + _CHUNK, setting.members)))
                await connection.execute(insert(Member), [_row(person) for person in people])
        await self.close()

    async def open(self, setting: Setting) -> None:
        """Connect: WAL, `synchronous=FULL`, one connection."""
        self.inbox = p1.Inbox()
        self.engine = create_async_engine(
            f"sqlite+aiosqlite:///{setting.folder / 'orm.db'}", pool_size=1, max_overflow=0
        )
        event.listen(self.engine.sync_engine, "connect", _configure)
        event.listen(self.engine.sync_engine, "begin", _begin)
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    async def take(self, batch: Sequence[bytes]) -> None:
        for raw in batch:
            await self.one(json.loads(raw))

    async def one(self, update: dict[str, Any]) -> None:
        """The whole life of one update; returning means that it is on disk."""
        sms: list[Outbound] = []
        async with self.sessions() as session, session.begin():
            mark = upsert(Seen).values(key=update["update_id"], at=time.time())
            new = mark.on_conflict_do_nothing().returning(Seen.key)
            if await session.scalar(new) is None:
                return
            message = update["message"]
            await Turn(session, message["chat"]["id"], message["text"], sms).run()
        for row in sms:
            self.inbox.receive(row.recipient, row.body["text"])

    async def deliver(self) -> None:
        """Sending is left out: its cost would only be added to this peer's figures."""

    def code_for(self, citizen: Citizen) -> str:
        return self.inbox.code_for(citizen)

    def finished(self) -> int:
        return self.inbox.passwords

    async def close(self) -> None:
        await self.engine.dispose()


def _row(person: Citizen) -> dict[str, Any]:
    return {
        "number": person.number,
        "phone": person.phone,
        "password_hash": "",
        "password_until": 0.0,
    }


def _configure(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own, untyped
    connection.isolation_level = None
    for word in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {word}")


def _begin(connection: Any) -> None:  # noqa: ANN401 - typed in SQLAlchemy, passed untyped
    connection.exec_driver_sql("BEGIN IMMEDIATE")
