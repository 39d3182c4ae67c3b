"""Writes the messages of one event into the ledger: codes, passwords, notices.

Every message gets its idempotency key here, before the first try. The digits of a code
are not in it: the sender derives them when it sends.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from bot.case import Case
from bot.desk import Desk
from bot.ledger import Ledger
from bot.notifier.parcel import Body, ChatBody, SmsBody
from flows.model import SendCode
from storage.base import Challenge, Outbound, Person

DAY = 86_400
# Codes leave a moment after the chat's bubble, so that the time a bubble takes does not
# tell whether a code was really sent (R27).
AFTER_THE_BUBBLE = 0.25

encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Post:
    """The outgoing mail of one event; speaks the chat's language."""

    desk: Desk
    ledger: Ledger
    case: Case
    flow: str
    now: float

    def code(self, effect: SendCode, challenge: Challenge) -> None:
        """A one-time code; `{code}` stays open until it is sent, and a decoy never is."""
        dies_at = challenge.expires_at - self.desk.settings.codes.min_life
        body, channel = self._body("code", effect.contact, {"code": "{code}"})
        row = self._row(channel, effect.contact, body, dies_at)
        self.ledger.outbound.append(
            replace(
                row,
                due=self.now + AFTER_THE_BUBBLE,
                chat=challenge.chat,
                run=challenge.run,
                slot=challenge.slot,
                counter=challenge.counter,
            )
        )

    def letter(self, kind: str, contact: str, *, dies_at: float, holes: dict[str, str]) -> None:
        """An SMS or an e-mail of this kind to one contact."""
        body, channel = self._body(kind, contact, holes)
        self.ledger.outbound.append(self._row(channel, contact, body, dies_at))

    def notice(self, kind: str, person: Person, chats: Iterable[str]) -> None:
        """Tell every verified address and every other linked chat."""
        dies_at = self.now + DAY
        for contact in filter(None, (person.phone, person.email)):
            self.letter(kind, contact, dies_at=dies_at, holes={})
        for chat in sorted(chats):
            text = self.desk.wording.text(self.flow, "vi", f"chat.{kind}", self._holes({}))
            self.bubble(chat, ChatBody(text), dies_at)

    def bubble(self, chat: str, body: ChatBody, dies_at: float) -> None:
        """One bubble into a chat."""
        channel, _, to = chat.partition(":")
        self.ledger.outbound.append(self._row(channel, to, body, dies_at))

    def _body(self, kind: str, contact: str, holes: dict[str, str]) -> tuple[Body, str]:
        filled, lang, wording = self._holes(holes), self.case.talk.lang, self.desk.wording
        if "@" in contact:
            return wording.mail(self.flow, lang, kind, filled), "email"
        return SmsBody(wording.text(self.flow, lang, f"sms.{kind}", filled)), "sms"

    def _holes(self, more: dict[str, str]) -> dict[str, str]:
        channel = self.desk.wording.channel(self.case.chat.partition(":")[0])
        here = {"tail": self.case.account[-4:], "channel": channel}
        return self.case.holes | here | more

    def _row(self, channel: str, to: str, body: Body, dies_at: float) -> Outbound:
        lane = f"{channel}:{to}" if isinstance(body, ChatBody) else self._blind(channel, to)
        return Outbound(
            ref=self._ref(),
            lane=lane,
            channel=channel,
            to=to,
            body=encode(body),
            due=self.now,
            dies_at=dies_at,
        )

    def _blind(self, channel: str, to: str) -> str:
        return f"{channel}:{self.desk.contact_index(to).hex()}"

    def _ref(self) -> str:
        """An idempotency key as UUIDv7 has it: time first, so that its index grows at one end."""
        return f"{int(self.now * 1000):012x}{self.desk.random(10).hex()}"
