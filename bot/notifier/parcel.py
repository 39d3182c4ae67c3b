"""What a sender is handed, and what it may answer.

A sender speaks to one kind of counterpart (a chat platform, an SMS gateway, an SMTP
server). It is given a finished letter, makes exactly one try, and answers with a verdict;
it keeps no state, opens no transaction and never raises for what a counterpart does.
"""

from dataclasses import dataclass
from typing import Protocol

import msgspec


class Button(msgspec.Struct, frozen=True):
    """A button under a bubble. `token` is what the platform sends back when it is pressed."""

    label: str
    token: str


class ChatBody(msgspec.Struct, frozen=True, tag="chat"):
    """One bubble and what belongs to it.

    text: plain text, never to be parsed as markup; "" when only `erase` or `answer` is wanted.
    share_phone: label of a button that lets the platform share the citizen's own number, or "".
    answer: id of the pressed button's query, to stop its spinner, or "".
    erase: the platform's id of a message of the citizen to delete, or "".
    picture: PNG to be shown above the text is derived from this reference, or "".
    """

    text: str
    buttons: list[Button] = []
    share_phone: str = ""
    answer: str = ""
    erase: str = ""
    picture: str = ""


class SmsBody(msgspec.Struct, frozen=True, tag="sms"):
    """An SMS, GSM-7 without diacritics, at most 160 septets."""

    text: str


class MailBody(msgspec.Struct, frozen=True, tag="mail"):
    """An e-mail as plain text and as HTML."""

    subject: str
    text: str
    html: str


class PhotoBody(msgspec.Struct, frozen=True, tag="photo"):
    """A photo that a citizen sent, to be fetched by the platform's id of the file.

    run: of the procedure it was sent in; below zero if it was sent to an officer.
    """

    file_id: str
    run: int


class PaperBody(msgspec.Struct, frozen=True, tag="paper"):
    """A PDF for the chat, drawn from a dossier at the moment it is sent.

    paper: "receipt", "tk1_ts" or "reregister"; dossier: its reference.
    """

    paper: str
    dossier: str
    lang: str


Body = ChatBody | SmsBody | MailBody | PhotoBody | PaperBody


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go.

    ref: the idempotency key; the same on every try of this message.
    to: chat id on its platform, E.164 phone number ("+84…"), or e-mail address.
    tries: 1 on the first try.
    picture: PNG bytes where the body names a picture, the PDF where it is a paper.
    """

    ref: str
    to: str
    body: Body
    tries: int
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The counterpart took it. receipt: its own id for the message, if it gave one."""

    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now. after: seconds the counterpart asked us to wait, if it said so.

    unsure: it may have been taken after all (a timeout); the repeat carries the same ref.
    """

    reason: str
    after: float | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Dead:
    """Never: blocked, no such address, refused for good."""

    reason: str


Verdict = Delivered | Later | Dead


class Sender(Protocol):
    """One way out. `name` is what stands in the attempt's row."""

    name: str

    async def send(self, letter: Letter) -> Verdict:
        """Make one try. `reason`s name the cause and never hold the text or the address."""

    async def close(self) -> None:
        """Let go of connections."""
