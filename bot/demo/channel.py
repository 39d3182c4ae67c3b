"""The demo's channel: what the page posts becomes an `Incoming`, as from any platform.

The visitor's message is shown on the page at once and ticked off once the intake has
written it down. This file reads no text and knows no procedure.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from bot.channels.base import Incoming
from bot.channels.intake import Intake
from bot.demo.board import Mine, Taken
from bot.demo.citizens import Citizen, international
from bot.demo.post import Posts, chat_topic, mail_topic, sms_topic
from flows.model import CONTACT, OTHER, STALE, TEXT, Event

SessionName = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{8,64}$")]


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page posts: exactly one of text, token, contact and sticker.

    key: made once per message by the browser, so that a double post is a duplicate.
    citizen: place of the sample citizen in the picker.
    """

    session: SessionName
    key: Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{8,64}$")]
    citizen: int
    lang: str = "vi"
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
        topic, board = chat_topic(said.session), self._posts.board
        board.pin(topic, said.key, _mine(said, phone, self._posts.clock.now()))
        await self._intake.put(_incoming(said, phone))
        board.pin(topic, f"{said.key} taken", Taken(said.key))

    def topics(self, session: str, citizen: int) -> set[str]:
        """What one page watches: its chat and the inboxes of its citizen."""
        person = self._person(citizen)
        return {
            chat_topic(session),
            sms_topic(international(person.phone)),
            mail_topic(person.email),
        }

    def _person(self, place: int) -> Citizen:
        if not 0 <= place < len(self._citizens):
            raise NoSuchCitizen
        return self._citizens[place]


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
