"""One update of the ORM peer: load where the chat stands, decide, add rows to the session."""

import hashlib
import hmac
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.dialogue import COMMAND, CONSENT
from benchmarks.peers import orm_limits, p1
from benchmarks.peers.orm_limits import RULES, Whom
from benchmarks.peers.orm_post import Buttons, Keys, Post
from benchmarks.peers.orm_tables import (
    Audit,
    Challenge,
    Change,
    Consent,
    Conversation,
    Line,
    Link,
    Member,
)
from bot.limits import Tallies, latest

NOT_KEPT = "……"
Said = tuple[str, str, Buttons]  # next state, what to say, the buttons under it


class Turn:
    """One update inside one session."""

    def __init__(self, keys: Keys, session: AsyncSession, chat: int, text: str) -> None:
        """`post.sms` collects what the gateway will have to send."""
        self.keys, self.session, self.chat, self.text = keys, session, chat, text
        self.now = time.time()
        self.post = Post(keys, session, self.now)
        self.mark = keys.index("chat", str(chat))

    async def run(self) -> None:
        """Load where the chat stands, decide, write it all down."""
        talk = await self.session.get(Conversation, self.chat)
        if talk is None:
            talk = Conversation(chat=self.chat, turn=0, state="menu", run=0)
            self.session.add(talk)
            draft: dict[str, Any] = {}
        else:
            draft = self.keys.safe.open_json("conversation", self.chat, "memo", talk.memo)["draft"]
        was = talk.state
        talk.state, said, buttons = await self.decide(talk, draft)
        talk.turn += 1
        talk.said_at = self.now
        shown = {"draft": draft, "choices": [choice for _, choice in buttons]}
        talk.memo = self.keys.safe.json("conversation", self.chat, "memo", shown)
        self._remember(talk, NOT_KEPT if was == "code" else self.text, said)
        self.post.say(talk, said, buttons)

    async def decide(self, talk: Conversation, draft: dict[str, Any]) -> Said:
        """Take one step; `draft` is changed in place."""
        match talk.state:
            case _ if self.text == COMMAND:
                draft.clear()
                talk.run, talk.account = talk.run + 1, None
                return "consent", p1.ASK_CONSENT, p1.YES_NO
            case "consent" if self.text == CONSENT:
                await self._consent()
                return "number", p1.ASK_NUMBER, ()
            case "number" if len(number := p1.digits(self.text)) == len("0123456789"):
                draft["number"] = number
                talk.account = self.keys.index("bhxh", number)
                return "phone", p1.ASK_PHONE, ()
            case "phone" if talk.account:
                draft["phone"] = p1.digits(self.text)
                return await self._send_code(talk, talk.account, draft)
            case "code" if talk.account:
                return await self._check(talk, talk.account, draft)
        return talk.state, p1.WRONG, ()

    async def _consent(self) -> None:
        wording = hashlib.sha256(p1.ASK_CONSENT.encode()).hexdigest()[:16]
        row = Consent(
            chat=self.chat, purpose="recover", granted=True, wording=wording, at=self.now
        )
        self.session.add(row)
        await self._act("consent", None, "recover given")

    # --- a code ------------------------------------------------------------------

    async def _send_code(self, talk: Conversation, account: bytes, draft: dict[str, Any]) -> Said:
        whom, phone = Whom(self.mark, account), draft["phone"]
        counted = whom.sending(self.keys.safe.vault, phone)
        budgets = (*counted, whom.new_account, whom.seen_account)
        more = (whom.proved(self.keys.safe.vault, phone), whom.resting, whom.streak)
        tallies = await orm_limits.load(self.session, (*budgets, *more))
        if not tallies.count(whom.seen_account, self.now):
            counted = budgets
        if latest(tallies, (*counted, whom.resting), self.now) > self.now:
            return "menu", p1.LOCKED, ()
        member = await self.session.get(Member, account)
        worn = tallies.count(whom.streak, self.now) >= RULES.streak
        worn = worn or await self._is_fresh(account, phone)
        on_file = member is not None and not worn and self._phone(member) == phone
        for budget in counted:
            tallies.hit(budget, self.now)
        await orm_limits.save(self.session, tallies, self.now)
        self._issue(talk, account, phone, on_file=on_file)
        await self._act("code_issued", account, "recover 1")
        return "code", p1.ASK_CODE, p1.CODE_BUTTONS

    def _issue(self, talk: Conversation, account: bytes, phone: str, *, on_file: bool) -> None:
        code = p1.new_code()
        challenge = Challenge(
            chat=self.chat,
            run=talk.run,
            account=account,
            destination=self.keys.index("phone", phone),
            digest=self.keys.digest(code),
            expires_at=self.now + p1.CODE_LIFE,
            tries=0,
            decoy=not on_file,
        )
        self.session.add(challenge)
        self.post.text(phone, p1.code_sms(code), withheld=not on_file)

    async def _check(self, talk: Conversation, account: bytes, draft: dict[str, Any]) -> Said:
        whom = Whom(self.mark, account)
        challenge = await self.session.get_one(Challenge, (self.chat, talk.run))
        links = (await self.session.scalars(select(Link).where(Link.account == account))).all()
        failures = whom.failures(linked=any(link.chat == self.chat for link in links))
        more = (whom.failed_runs, whom.failure_notice, whom.streak)
        tallies = await orm_limits.load(self.session, (*failures, *more))
        if any(tallies.spent(budget, self.now) for budget in failures):
            return "menu", p1.LOCKED, ()
        over = challenge.used_at is not None or challenge.void_at is not None
        if over or challenge.tries >= p1.MAX_TRIES or self.now >= challenge.expires_at:
            return "menu", p1.LOCKED, ()
        challenge.tries += 1
        worn = tallies.count(whom.streak, self.now) >= RULES.streak
        worn = worn or await self._is_fresh(account, draft["phone"])
        same = hmac.compare_digest(challenge.digest, self.keys.digest(p1.digits(self.text)))
        if same and not challenge.decoy and not worn:
            challenge.used_at = self.now
            tallies.hit(whom.proved(self.keys.safe.vault, draft["phone"]), self.now)
            await self._settle(account, links, tallies)
            draft.clear()
            talk.account = None
            return "menu", p1.DONE, p1.DONE_BUTTONS
        for budget in (*failures, whom.streak):
            tallies.hit(budget, self.now)
        if spent := challenge.tries >= p1.MAX_TRIES:
            await self._lock(account, links, tallies)
        await orm_limits.save(self.session, tallies, self.now)
        return ("menu", p1.LOCKED, ()) if spent else ("code", p1.WRONG, ())

    async def _is_fresh(self, account: bytes, phone: str) -> bool:
        """Whether the phone was given to the account within 72 hours; no code goes there yet."""
        since = self.now - p1.COOLING
        changed = select(Change.after).where(
            Change.account == account, Change.ended_at.is_(None), Change.at >= since
        )
        mark = self.keys.index("phone", phone)
        return mark in (await self.session.scalars(changed)).all()

    async def _lock(self, account: bytes, links: Sequence[Link], tallies: Tallies) -> None:
        """Pause, longer after each failed run, and tell the member once a day."""
        whom = Whom(self.mark, account)
        tallies.hit(whom.failed_runs, self.now)
        failed = tallies.count(whom.failed_runs, self.now)
        tallies.rest(whom.resting, self.now + RULES.pauses[min(failed, len(RULES.pauses)) - 1])
        if tallies.spent(whom.failure_notice, self.now):
            return
        tallies.hit(whom.failure_notice, self.now)
        await self._act("tries_spent", account)
        if member := await self.session.get(Member, account):
            self.post.notify(p1.FAILED_TRIES, self._phone(member), self._others(links))

    # --- the password ------------------------------------------------------------

    async def _settle(self, account: bytes, links: Sequence[Link], tallies: Tallies) -> None:
        """A new password: void all other codes, remember the chat, end the streak, tell."""
        whom = Whom(self.mark, account)
        tallies.clear(whom.streak.key)
        tallies.clear(whom.failed_runs.key)
        member = await self.session.get_one(Member, account)
        open_codes = update(Challenge).where(
            Challenge.account == account, Challenge.used_at.is_(None), Challenge.void_at.is_(None)
        )
        await self.session.flush()  # the code just used is marked, so it is not voided
        await self.session.execute(
            open_codes.values(void_at=self.now),
            execution_options={"synchronize_session": False},
        )
        await orm_limits.save(self.session, tallies, self.now)
        word, member.password_hash = p1.new_password()
        member.password_until, member.must_change = self.now + p1.PASSWORD_LIFE, True
        phone = self._phone(member)
        self.post.text(phone, p1.password_sms(word))
        self.post.notify(p1.PASSWORD_RECOVERED, phone, self._others(links))
        self._link(account, links)
        await self._act("password_issued", account)

    def _link(self, account: bytes, links: Sequence[Link]) -> None:
        mine = next((link for link in links if link.chat == self.chat), None)
        if mine is None:
            self.session.add(Link(account=account, chat=self.chat, at=self.now))
        else:
            mine.at = self.now

    # --- rows --------------------------------------------------------------------

    def _others(self, links: Sequence[Link]) -> list[int]:
        return [link.chat for link in links if link.chat != self.chat]

    def _phone(self, member: Member) -> str:
        row = member.account.hex()
        person = self.keys.safe.open_json("member", row, "personal", member.personal)
        return str(person["phone"])

    async def _act(self, kind: str, account: bytes | None, detail: str = "") -> None:
        who = self.mark.hex()
        act = Audit(at=self.now, kind=kind, who=who, account=account, detail=detail)
        await self.keys.chain.append(self.session, act)

    def _remember(self, talk: Conversation, heard: str, said: str) -> None:
        place, words = f"{self.chat}/{talk.turn}", {"heard": heard, "said": said}
        line = Line(
            chat=self.chat,
            turn=talk.turn,
            at=self.now,
            state=talk.state,
            words=self.keys.safe.json("transcript", place, "words", words),
        )
        self.session.add(line)
