"""Telegram updates in, our events out."""

import datetime as dt
import json
from typing import Any

import pytest
from telegram import (
    Animation,
    Audio,
    CallbackQuery,
    Chat,
    ChatMemberLeft,
    ChatMemberMember,
    ChatMemberUpdated,
    Contact,
    Dice,
    Document,
    InaccessibleMessage,
    InlineQuery,
    Location,
    Message,
    MessageOriginHiddenUser,
    PhotoSize,
    PollAnswer,
    Sticker,
    Update,
    User,
    Venue,
    Video,
    VideoNote,
    Voice,
)

from bot.channels.base import Incoming
from bot.channels.telegram import decode, sent_at
from flows.model import CONTACT, OTHER, STALE, TEXT, Event
from flows.model import PHOTO as PHOTO_EVENT
from tests.bot.channels import updates
from tests.bot.channels.updates import SENT, citizen, home

BOT = "4242"
PHOTO = (PhotoSize("tiny", "t", 1, 1), PhotoSize("small", "p", 2, 2))


def read(update: updates.Json) -> Incoming | None:
    return decode(json.dumps(update).encode(), BOT)


def event(**content: Any) -> Event:  # noqa: ANN401 - whatever a Message takes
    incoming = read(updates.update(message=updates.message(42, **content)))
    assert incoming is not None
    return incoming.event


def test_typed_text_becomes_an_event() -> None:
    """A typed message carries its chat, its key, its language and its own id."""
    assert read(updates.text(42, "Xin chào", update_id=5)) == Incoming(
        chat="telegram:42",
        key="telegram:4242:5",
        event=Event(TEXT, "Xin chào"),
        lang="vi",
        message="7",
    )


def test_bytes_and_text_are_read_alike() -> None:
    """The JSON may come as bytes from the network or as a line of a file."""
    raw = json.dumps(updates.text(42, "số 1"))
    assert decode(raw, BOT) == decode(raw.encode(), BOT)


@pytest.mark.parametrize(
    ("code", "lang"),
    [
        ("vi", "vi"),
        ("en", "en"),
        ("en-GB", "en"),
        ("EN", "en"),
        ("fr", "vi"),
        ("", "vi"),
        (None, "vi"),
    ],
)
def test_language_is_english_or_vietnamese(code: str | None, lang: str) -> None:
    """Whoever does not use Telegram in English is first spoken to in Vietnamese."""
    incoming = read(updates.text(42, "hi", lang=code))
    assert incoming is not None
    assert incoming.lang == lang


@pytest.mark.parametrize(
    "mark",
    [
        {"forward_origin": MessageOriginHiddenUser(SENT, "somebody")},
        {"via_bot": citizen(77, is_bot=True)},
        {"is_automatic_forward": True},
        {"edit_date": SENT},
    ],
    ids=lambda mark: next(iter(mark)),
)
def test_text_of_somebody_else_is_not_fresh(mark: updates.Json) -> None:
    """Forwarded, via-bot and edited text arrives, but may never carry a code."""
    assert event(text="123456", **mark) == Event(TEXT, "123456", fresh=False)


def test_the_old_forward_date_is_not_fresh() -> None:
    """Servers that still write `forward_date` are understood."""
    update = updates.text(42, "123456")
    update["message"]["forward_date"] = 1
    incoming = read(update)
    assert incoming is not None
    assert not incoming.event.fresh


def test_own_contact_is_a_phone_number() -> None:
    """A card whose user id is the sender's is the sender's own number."""
    incoming = read(updates.contact(42, "84901234567"))
    assert incoming is not None
    assert incoming.event == Event(CONTACT, "84901234567")


@pytest.mark.parametrize(
    "content",
    [
        {"contact": Contact("84901234567", "B", user_id=43)},
        {"contact": Contact("84901234567", "B", user_id=0)},
        {"contact": Contact("84901234567", "B")},
        {"contact": Contact("", "B", user_id=42)},
        {
            "contact": Contact("84901234567", "B", user_id=42),
            "forward_origin": MessageOriginHiddenUser(SENT, "somebody"),
        },
        {"contact": Contact("84901234567", "B", user_id=42), "via_bot": citizen(77, is_bot=True)},
    ],
    ids=["other", "zero", "none", "empty", "forwarded", "via bot"],
)
def test_any_other_contact_is_not(content: updates.Json) -> None:
    """Somebody else's card, or a passed-on one, proves nothing (R29)."""
    assert event(**content) == Event(OTHER)


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": Sticker("s", "s", 1, 1, is_animated=False, is_video=False, type="regular")},
        {"voice": Voice("v", "v", dt.timedelta(seconds=1))},
        {"video": Video("v", "v", 1, 1, dt.timedelta(seconds=1)), "caption": "1"},
        {"video_note": VideoNote("v", "v", 1, dt.timedelta(seconds=1))},
        {"audio": Audio("a", "a", dt.timedelta(seconds=1))},
        {"animation": Animation("a", "a", 1, 1, dt.timedelta(seconds=1))},
        {"document": Document("d", "d", file_name="123456")},
        {"location": Location(105.8, 21.0)},
        {"venue": Venue(Location(105.8, 21.0), "BHXH", "Hà Nội")},
        {"dice": Dice(6, "🎲")},
        {"delete_chat_photo": True},
        {"pinned_message": updates.message(42, text="123456")},
        {"reply_to_message": updates.message(42, text="123456"), "dice": Dice(1, "🎲")},
        {},
    ],
    ids=lambda content: next(iter(content), "nothing"),
)
def test_everything_but_text_is_other(content: updates.Json) -> None:
    """What is no text is told apart from text; a caption is no text either."""
    assert event(**content) == Event(OTHER)


@pytest.mark.parametrize(
    "content",
    [
        {"photo": PHOTO, "caption": "123456"},
        {"document": Document("small", "d", file_name="a.jpg", mime_type="image/jpeg")},
    ],
    ids=["photo", "file"],
)
def test_a_picture_is_named_by_its_file(content: updates.Json) -> None:
    """A photo's largest size counts, or the file it was sent as; its caption is no text."""
    assert event(**content) == Event(PHOTO_EVENT, "small")


def test_a_press_carries_its_token() -> None:
    """A pressed button hands on its token and the query to answer, and nothing to delete."""
    assert read(updates.press(42, "t0ken", update_id=8, query="q8")) == Incoming(
        chat="telegram:42",
        key="telegram:4242:8",
        event=Event(STALE),
        token="t0ken",
        lang="vi",
        answer="q8",
    )


def test_a_press_under_an_old_bubble_counts() -> None:
    """Telegram no longer shows the old bubble, but still says in which chat it stood."""
    query = CallbackQuery(
        "q", citizen(42), "i", message=InaccessibleMessage(home(42), 9), data="t"
    )
    incoming = read(updates.update(callback_query=query))
    assert incoming is not None
    assert (incoming.chat, incoming.token) == ("telegram:42", "t")


GROUP = Chat(-100, Chat.SUPERGROUP, title="Nhóm")
HERE = updates.message(42, text="123456")
BOT_USER = citizen(4242, is_bot=True)
MOVED = ChatMemberUpdated(
    home(42), citizen(42), SENT, ChatMemberMember(BOT_USER), ChatMemberLeft(BOT_USER)
)
IGNORED: list[updates.Json] = [
    {},
    {"edited_message": HERE},
    {"channel_post": HERE},
    {"edited_channel_post": HERE},
    {"business_message": HERE},
    {"edited_business_message": HERE},
    {"guest_message": HERE},
    {"my_chat_member": MOVED},
    {"chat_member": MOVED},
    {"inline_query": InlineQuery("i", citizen(42), "123456", "")},
    {"poll_answer": PollAnswer("p", [0], citizen(42), option_persistent_ids=["1"])},
    {"message": updates.message(42, chat=GROUP, text="123456")},
    {"message": updates.message(42, chat=Chat(42, Chat.CHANNEL), text="123456")},
    {"message": updates.message(42, chat=home(43), text="123456")},
    {"message": updates.message(42, from_user=None, text="123456")},
    {"message": updates.message(42, from_user=citizen(42, is_bot=True), text="123456")},
    {"message": updates.message(42, business_connection_id="b", text="123456")},
    {"callback_query": CallbackQuery("q", citizen(42), "i", inline_message_id="m", data="t")},
    {"callback_query": CallbackQuery("q", citizen(43), "i", message=HERE, data="t")},
    {
        "callback_query": CallbackQuery(
            "q", citizen(42), "i", message=Message(9, SENT, GROUP), data="t"
        )
    },
]


@pytest.mark.parametrize("kind", IGNORED, ids=lambda kind: next(iter(kind), "nothing"))
def test_what_is_not_a_citizen_at_home_is_ignored(kind: updates.Json) -> None:
    """Groups, channels, business chats, bots, edits and everything else leave no event (R14)."""
    assert read(updates.update(**kind)) is None


def test_kinds_of_the_future_are_ignored() -> None:
    """A kind that no library knows yet is neither an event nor an error."""
    assert read({"update_id": 1, "poll": {"id": "p", "question": "123456"}}) is None
    assert read({"update_id": 1, "hologram": {"message": {"text": "123456"}}}) is None
    assert read({"update_id": 1, "message": None, "callback_query": None}) is None


def test_sent_at_is_the_messages_date() -> None:
    """`simulate` sets its clock by the time at which a message was sent."""
    assert sent_at(json.dumps(updates.text(42, "x"))) == SENT.timestamp()
    assert sent_at(json.dumps(updates.press(42, "t"))) is None


def test_the_library_reads_what_we_read() -> None:
    """The updates of these tests are Telegram's own: the strict library takes them, too."""
    update = Update.de_json(updates.press(42, "t"), None)
    assert update.callback_query is not None
    assert update.callback_query.from_user == User(42, "Văn A", is_bot=False)
