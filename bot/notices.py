"""Writes the messages of one event into the ledger: codes, passwords, notices.

Every message gets its idempotency key here, before the first try. The digits of a code
are not in it: the sender derives them when it sends.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from bot.case import Case
from bot.desk import Desk
from bot.ledger import Ledger
from bot.notifier.parcel import Body, ChatBody, PaperBody, PhotoBody, SmsBody
from bot.ways import Way
from storage.base import Challenge, Outbound, Person

DAY = 86_400
PHOTO_DIES = 120  # seconds; whoever waits longer for a word on a photo has gone
# Codes leave a moment after the chat's bubble, so that the time a bubble takes does not
# tell whether a code was really sent (R27).
AFTER_THE_BUBBLE = 0.25


def plain(text: str) -> str:
    """A text as GSM-7 has it: Vietnamese without its diacritics."""
    if text.isascii():
        return text
    spread = unicodedata.normalize("NFD", text.translate(_D))
    return "".join(c for c in spread if not unicodedata.combining(c))


_D = {0x111: "d", 0x110: "D"}
encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Post:
    """The outgoing mail of one event; speaks the chat's language."""

    desk: Desk
    ledger: Ledger
    case: Case
    flow: str
    now: float

    def code(self, way: Way, challenge: Challenge) -> None:
        """A one-time code; `{code}` stays open until it is sent, and a decoy never is."""
        dies_at = challenge.expires_at - self.desk.settings.codes.min_life
        body, channel = self._body(way.asked.letter, way.to, {"code": "{code}"})
        row = self._row(channel, way.to, body, dies_at)
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

    def letter(
        self,
        kind: str,
        contact: str,
        *,
        dies_at: float,
        holes: dict[str, str],
        keep: bool = False,
    ) -> None:
        """An SMS or an e-mail of this kind to one contact; `keep` none that holds a secret."""
        body, channel = self._body(kind, contact, holes)
        row = self._row(channel, contact, body, dies_at)
        self.ledger.outbound.append(replace(row, keep=keep))

    def notice(self, kind: str, person: Person, chats: Iterable[str]) -> None:
        """Tell the addresses that the settings name for this kind, and these chats."""
        dies_at = self.now + DAY
        holes = {"tail": person.bhxh_number[-4:]}
        for contact in self._addresses(kind, person):
            self.letter(kind, contact, dies_at=dies_at, holes=holes, keep=True)
        for chat in sorted(chats):
            lang = self._speaks(chat)
            text = self.desk.wording.text(self.flow, lang, f"chat.{kind}", self._holes(holes))
            self.bubble(chat, ChatBody(text), dies_at, keep=True)

    def photo(self, file: str, run: int) -> None:
        """Have a photo fetched and kept for this run, as `storage.base.Photo` has it."""
        channel, _, to = self.case.chat.partition(":")
        body = PhotoBody(file, run)
        row = self._row(f"photo-{channel}", to, body, self.now + PHOTO_DIES)
        self.ledger.outbound.append(row)

    def paper(self, body: PaperBody, dies_at: float) -> None:
        """A PDF into this chat, after what is said in it."""
        channel, _, to = self.case.chat.partition(":")
        self.ledger.outbound.append(self._row(channel, to, body, dies_at))

    def filled(self, more: dict[str, str]) -> dict[str, str]:
        """What every text of this event may name."""
        return self._holes(more)

    def _addresses(self, kind: str, person: Person) -> list[str]:
        by_sms, by_mail = person.phone, person.email
        way = self.desk.settings.notices.way(kind)
        if way == "all":
            return [address for address in (by_sms, by_mail) if address]
        first = (by_mail or by_sms) if way == "email_or_sms" else (by_sms or by_mail)
        return [first] if first and way != "chat_only" else []

    def bubble(self, chat: str, body: ChatBody, dies_at: float, *, keep: bool = False) -> None:
        """One bubble into a chat."""
        channel, _, to = chat.partition(":")
        row = self._row(channel, to, body, dies_at)
        self.ledger.outbound.append(replace(row, keep=keep) if keep else row)

    def _body(self, kind: str, contact: str, holes: dict[str, str]) -> tuple[Body, str]:
        filled, lang, wording = self._holes(holes), self.case.talk.lang, self.desk.wording
        if "@" in contact:
            return wording.mail(self.flow, lang, kind, filled), "email"
        return SmsBody(plain(wording.text(self.flow, lang, f"sms.{kind}", filled))), "sms"

    def _holes(self, more: dict[str, str]) -> dict[str, str]:
        channel = self.desk.wording.channel(self.case.chat.partition(":")[0])
        today = f"{self.desk.day_of(self.now):%d/%m}"
        here = {"tail": self.case.account[-4:], "channel": channel, "today": today}
        return self.case.holes | here | more

    def _speaks(self, chat: str) -> str:
        """The language that was chosen in a chat; Vietnamese where nothing is known of it."""
        own = self.case.talk.lang if chat == self.case.chat else ""
        return own or self.ledger.langs.get(chat) or "vi"

    def _row(self, channel: str, to: str, body: Body, dies_at: float) -> Outbound:
        chat = isinstance(body, ChatBody | PhotoBody | PaperBody)
        lane = f"{channel}:{to}" if chat else self._blind(channel, to)
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
        return f"{int(self.now * 1000):012x}{self.ledger.mark(self.desk.random)}"
