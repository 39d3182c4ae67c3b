"""The demo's channel: what the page posts becomes an `Incoming`, as from any platform.

The visitor's message is shown on the page at once and ticked off once the intake has
written it down. This file reads no text, looks at no photo and knows no procedure.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from bot.channels.base import Incoming
from bot.channels.intake import Intake
from bot.demo.board import Mine, Taken
from bot.demo.citizens import Citizen, international
from bot.demo.post import Posts, chat_topic, mail_topic, sms_topic
from flows.model import CONTACT, OTHER, PHOTO, STALE, TEXT, Event

SessionName = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{8,64}$")]


class Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a message comes from; alone it is what the page says of a photo.

    key: made once per message by the browser, so that a double post is a duplicate.
    citizen: place of the sample citizen in the picker.
    """

    session: SessionName
    key: Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{8,64}$")]
    citizen: int
    lang: str = "vi"


class Said(Sent, frozen=True, forbid_unknown_fields=True):
    """What the page posts besides photos: exactly one of text, token, contact and sticker."""

    text: Annotated[str, Meta(min_length=1, max_length=4096)] | None = None
    token: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    contact: bool = False
    sticker: bool = False

    def __post_init__(self) -> None:
        """Refuse a post that says nothing or two things at once."""
        said = (self.text is not None, self.token is not None, self.contact, self.sticker)
        if sum(said) != 1:
            message = "send exactly one of text, token, contact or sticker"
            raise ValueError(message)


class NoSuchCitizen(LookupError):
    """The picker has no citizen at this place; reload the page."""


class WebChat:
    """Hands the page's messages to the intake and knows where the answers will lie."""

    def __init__(self, intake: Intake, posts: Posts, citizens: Sequence[Citizen]) -> None:
        self._intake = intake
        self._posts = posts
        self._citizens = citizens

    async def take(self, said: Said) -> None:
        """Show the message, have it written down, tick it off."""
        phone = self._person(said.citizen).phone
        await self._take(said, _mine(said, phone, self._now()), _incoming(said, phone))

    async def take_photo(self, sent: Sent, image: bytes) -> None:
        """The same with a photo, which then waits to be fetched under the message's key."""
        self._person(sent.citizen)
        self._posts.chat.files.hold(sent.key, image)
        incoming = Incoming(
            chat=f"web:{sent.session}",
            key=f"web:{sent.key}",
            event=Event(PHOTO, sent.key),
            lang=sent.lang,
            message=sent.key,
        )
        await self._take(sent, Mine(sent.key, self._now(), "photo"), incoming)

    def topics(self, session: str, citizen: int) -> set[str]:
        """What one page watches: its chat and the inboxes of its citizen, old and new."""
        person = self._person(citizen)
        return {
            chat_topic(session),
            *(sms_topic(international(phone)) for phone in (person.phone, person.new_phone)),
            *(mail_topic(email) for email in (person.email, person.new_email)),
        }

    async def _take(self, sent: Sent, shown: Mine, incoming: Incoming) -> None:
        topic, board = chat_topic(sent.session), self._posts.board
        board.pin(topic, sent.key, shown)
        await self._intake.put(incoming)
        board.pin(topic, f"{sent.key} taken", Taken(sent.key))

    def _person(self, place: int) -> Citizen:
        if not 0 <= place < len(self._citizens):
            raise NoSuchCitizen
        return self._citizens[place]

    def _now(self) -> float:
        return self._posts.clock.now()


def _mine(said: Said, phone: str, now: float) -> Mine:
    match said:
        case Said(text=str() as text):
            return Mine(said.key, now, "text", text)
        case Said(token=str() as token):
            return Mine(said.key, now, "tap", token)
        case Said(contact=True):
            return Mine(said.key, now, "contact", phone)
        case _:
            return Mine(said.key, now, "sticker")


def _incoming(said: Said, phone: str) -> Incoming:
    return Incoming(
        chat=f"web:{said.session}",
        key=f"web:{said.key}",
        event=_event(said, phone),
        token=said.token or "",
        lang=said.lang,
        answer=said.key if said.token else "",
        message="" if said.token else said.key,
    )


def _event(said: Said, phone: str) -> Event:
    match said:
        case Said(text=str() as text):
            return Event(TEXT, text)
        case Said(token=str()):
            return Event(STALE)
        case Said(contact=True):
            return Event(CONTACT, phone)
        case _:
            return Event(OTHER)
