"""What citizens do, as real `Update` JSON made by the library's own classes."""

import datetime as dt
import json
from typing import Any

from telegram import CallbackQuery, Chat, Contact, Message, Update, User

Json = dict[str, Any]

SENT = dt.datetime(2025, 11, 22, 18, 42, 6, tzinfo=dt.UTC)


def citizen(number: int, *, lang: str | None = "vi", is_bot: bool = False) -> User:
    """Somebody on Telegram."""
    return User(number, "Văn A", is_bot=is_bot, last_name="Nguyễn", language_code=lang)


def home(number: int) -> Chat:
    """The private chat between the bot and one citizen."""
    return Chat(number, Chat.PRIVATE, first_name="Văn A")


def message(number: int, *, lang: str | None = "vi", **content: Any) -> Message:  # noqa: ANN401 - whatever a Message takes
    """A message of this citizen in the private chat."""
    fields: Json = {"message_id": 7, "chat": home(number), "from_user": citizen(number, lang=lang)}
    return Message(date=SENT, **(fields | content))


def update(**kind: Any) -> Json:  # noqa: ANN401 - whatever an Update takes
    """One update; number 1 unless told."""
    made: Json = json.loads(Update(**{"update_id": 1} | kind).to_json())
    return made


def text(number: int, said: str, *, update_id: int = 1, lang: str | None = "vi") -> Json:
    """The citizen types something."""
    return update(update_id=update_id, message=message(number, lang=lang, text=said))


def contact(number: int, phone: str, *, owner: int | None = None, update_id: int = 1) -> Json:
    """The citizen shares a contact; their own unless `owner` says otherwise."""
    card = Contact(phone, "Văn A", user_id=number if owner is None else owner)
    return update(update_id=update_id, message=message(number, contact=card))


def press(number: int, token: str, *, update_id: int = 1, query: str = "q1") -> Json:
    """The citizen presses a button under a bubble of the bot."""
    bubble = Message(9, SENT, home(number), from_user=citizen(4242, is_bot=True), text="Chọn:")
    query_made = CallbackQuery(query, citizen(number), "instance", message=bubble, data=token)
    return update(update_id=update_id, callback_query=query_made)
