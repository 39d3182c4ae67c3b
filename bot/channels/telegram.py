"""Telegram's `Update` JSON -> `Incoming`: the hot path of every Telegram message.

Only the fields that matter are decoded. What does not come from a person in their own
private chat with the bot is ignored: groups, channels, business chats, bots, edits. A code
may be typed only as a fresh message (never forwarded, never sent through another bot), and
a contact counts only when it is the sender's own.
"""

import json
from typing import Annotated

import msgspec

from bot.channels.base import Incoming
from flows.model import CONTACT, OTHER, PHOTO, STALE, TEXT, Event


class BadUpdate(ValueError):
    """These bytes are not an `Update`. The message names the flaw and quotes nothing."""


def decode(raw: bytes | str, bot_id: str) -> Incoming | None:
    """Read one update of the bot `bot_id`; None for a kind that is ignored."""
    update = _read(raw)
    if update.message:
        return _message(update.message, f"telegram:{bot_id}:{update.update_id}")
    if update.callback_query:
        return _press(update.callback_query, f"telegram:{bot_id}:{update.update_id}")
    return None


def sent_at(raw: bytes | str) -> float | None:
    """When the message in this update was sent; None for an update that tells no time."""
    message = _read(raw).message
    return float(message.date) if message and message.date else None


# --- the shape of an update, as far as it matters ------------------------------------


# Telegram promises at most 52 significant bits.
_Number = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]


class _Present(msgspec.Struct, gc=False):
    """An object of which only the presence counts."""


class _User(msgspec.Struct, gc=False):
    id: _Number
    is_bot: bool = False
    language_code: str | None = None


class _Chat(msgspec.Struct, gc=False):
    id: _Number
    type: str = ""


class _Contact(msgspec.Struct, gc=False):
    phone_number: str = ""
    user_id: _Number | None = None


class _File(msgspec.Struct, gc=False):
    file_id: str = ""
    mime_type: str | None = None


class _Message(msgspec.Struct, gc=False):
    message_id: _Number
    chat: _Chat
    sender: _User | None = msgspec.field(name="from", default=None)
    date: _Number = 0
    text: str | None = None
    contact: _Contact | None = None
    photo: list[_File] | None = None
    document: _File | None = None
    business_connection_id: str | None = None
    forward_origin: _Present | None = None
    forward_date: _Number | None = None
    via_bot: _Present | None = None
    is_automatic_forward: bool = False
    edit_date: _Number | None = None

    @property
    def fresh(self) -> bool:
        return not (
            self.forward_origin is not None
            or self.forward_date is not None
            or self.via_bot is not None
            or self.is_automatic_forward
            or self.edit_date is not None
        )


class _Press(msgspec.Struct, gc=False):
    id: str
    sender: _User = msgspec.field(name="from")
    message: _Message | None = None
    data: str = ""


class _Update(msgspec.Struct, gc=False):
    update_id: _Number
    message: _Message | None = None
    callback_query: _Press | None = None


_decoder = msgspec.json.Decoder(_Update)


# --- from that shape to ours ---------------------------------------------------------


def _message(message: _Message, key: str) -> Incoming | None:
    sender = message.sender
    if sender is None or not _at_home(sender, message):
        return None
    return Incoming(
        chat=f"telegram:{message.chat.id}",
        key=key,
        event=_event(message, sender.id),
        lang=_language(sender),
        message=str(message.message_id),
    )


def _press(press: _Press, key: str) -> Incoming | None:
    # `message` of a press is the bot's own bubble, so it is not handed on for deletion.
    if press.message is None or not _at_home(press.sender, press.message):
        return None
    return Incoming(
        chat=f"telegram:{press.message.chat.id}",
        key=key,
        event=Event(STALE),
        token=press.data,
        lang=_language(press.sender),
        answer=press.id,
    )


def _at_home(sender: _User, message: _Message) -> bool:
    chat = message.chat
    return (
        chat.type == "private"
        and chat.id == sender.id
        and not sender.is_bot
        and message.business_connection_id is None
    )


def _event(message: _Message, sender: int) -> Event:
    if message.text is not None:
        return Event(TEXT, message.text, message.fresh)
    contact = message.contact
    if contact and contact.user_id == sender and contact.phone_number and message.fresh:
        return Event(CONTACT, contact.phone_number)
    if picture := _picture(message):
        return Event(PHOTO, picture)
    return Event(OTHER)


def _picture(message: _Message) -> str:
    """The file id of the largest size of a photo, or of a picture sent as a file."""
    if message.photo:
        return message.photo[-1].file_id
    file = message.document
    return file.file_id if file and (file.mime_type or "").startswith("image/") else ""


def _language(sender: _User) -> str:
    return "en" if (sender.language_code or "").lower().startswith("en") else "vi"


# --- reading -------------------------------------------------------------------------


def _read(raw: bytes | str) -> _Update:
    try:
        return _decoder.decode(raw)
    except msgspec.ValidationError as flaw:
        raise BadUpdate(f"not an Update: {flaw}") from None
    except RecursionError:
        raise BadUpdate("nested too deep") from None
    except (msgspec.DecodeError, UnicodeError):
        return _read_mended(raw)


def _read_mended(raw: bytes | str) -> _Update:
    """Half a surrogate pair is legal in JSON and no text: it becomes a question mark."""
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    try:
        mended = json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace")
        return _decoder.decode(mended)
    except msgspec.ValidationError as flaw:
        raise BadUpdate(f"not an Update: {flaw}") from None
    except (ValueError, RecursionError, msgspec.DecodeError):
        raise BadUpdate("not JSON") from None
