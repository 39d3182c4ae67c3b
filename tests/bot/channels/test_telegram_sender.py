"""Letters sent to a real HTTP server."""

import logging
from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram_calls import Calls
from bot.channels.telegram_sender import TelegramSender
from bot.notifier.parcel import (
    Button,
    ChatBody,
    Dead,
    Delivered,
    Later,
    Letter,
    Sender,
    SmsBody,
    Verdict,
)
from tests.bot.channels.bot_api import BotApi

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def sender(api: BotApi) -> AsyncIterator[Sender]:
    sender = TelegramSender(Calls(api.token, api.url))
    yield sender
    await sender.close()


def letter(body: ChatBody, picture: bytes = b"") -> Letter:
    return Letter(ref="r", to="42", body=body, tries=1, picture=picture)


HELLO = letter(ChatBody("Xin chào"))


async def test_text_is_sent_as_it_is(api: BotApi, sender: Sender) -> None:
    """No markup, no previews, so nothing a citizen typed can turn into either (R38)."""
    said = "<b>*x*</b> [a](tg://user?id=1) https://example.vn"
    verdict = await sender.send(letter(ChatBody(said)))
    assert isinstance(verdict, Delivered)
    assert verdict.receipt.isdigit()
    [fields] = api.called("sendMessage")
    assert fields["text"] == said
    assert fields["chat_id"] == "42"
    assert fields["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in fields


async def test_buttons_stand_in_rows(api: BotApi, sender: Sender) -> None:
    """Two short labels share a row; a long one stands alone; tokens go with them."""
    labels = ["Có", "Không", "Đổi", "Gửi lại mã xác thực", "Huỷ", "Quay lại"]
    buttons = [Button(label, f"t{n}") for n, label in enumerate(labels)]
    await sender.send(letter(ChatBody("Chọn:", buttons)))
    rows = api.called("sendMessage")[0]["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [
        ["Có", "Không"],
        ["Đổi"],
        ["Gửi lại mã xác thực"],
        ["Huỷ", "Quay lại"],
    ]
    assert rows[0][1]["callback_data"] == "t1"


async def test_a_phone_can_be_shared(api: BotApi, sender: Sender) -> None:
    """The first button asks Telegram for the number, the others type their label."""
    await sender.send(letter(ChatBody("Số?", [Button("Huỷ", "t")], share_phone="Gửi số của tôi")))
    assert api.called("sendMessage")[0]["reply_markup"] == {
        "keyboard": [[{"text": "Gửi số của tôi", "request_contact": True}], [{"text": "Huỷ"}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


async def test_the_phone_button_goes_away(api: BotApi, sender: Sender) -> None:
    """A bubble without buttons takes the phone button off the citizen's keyboard."""
    await sender.send(HELLO)
    assert api.called("sendMessage")[0]["reply_markup"] == {"remove_keyboard": True}


async def test_answer_and_erasure_come_first(api: BotApi, sender: Sender) -> None:
    """The spinner stops, the password goes, then the bubble comes."""
    await sender.send(letter(ChatBody("Xong", answer="q1", erase="7")))
    assert [call.method for call in api.calls] == [
        "answerCallbackQuery",
        "deleteMessage",
        "sendMessage",
    ]
    assert api.calls[0].fields == {"callback_query_id": "q1"}
    assert api.calls[1].fields == {"chat_id": "42", "message_id": 7}


async def test_an_empty_text_sends_nothing(api: BotApi, sender: Sender) -> None:
    """A letter may consist of an answer alone."""
    verdict = await sender.send(letter(ChatBody("", [Button("x", "t")], answer="q"), PNG))
    assert verdict == Delivered()
    assert [call.method for call in api.calls] == ["answerCallbackQuery"]


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_a_late_answer_is_no_harm(api: BotApi, sender: Sender, status: int) -> None:
    """A query that is too old, or any other fault in stopping the spinner, costs nothing."""
    api.refuses_next("answerCallbackQuery", status, retry_after=9)
    assert isinstance(await sender.send(letter(ChatBody("Xong", answer="q1"))), Delivered)


@pytest.mark.parametrize("status", [400, 403])
async def test_what_cannot_be_erased_stays(api: BotApi, sender: Sender, status: int) -> None:
    """A message already gone or too old does not hold up the bubble."""
    api.refuses_next("deleteMessage", status)
    assert isinstance(await sender.send(letter(ChatBody("Xong", erase="7"))), Delivered)


async def test_a_secret_is_not_left_standing(api: BotApi, sender: Sender) -> None:
    """When the line breaks before the erasure, the whole letter is tried again."""
    api.refuses_next("deleteMessage", 502)
    assert isinstance(await sender.send(letter(ChatBody("Xong", erase="7"))), Later)
    assert api.called("sendMessage") == []


async def test_a_picture_has_its_text_below(api: BotApi, sender: Sender) -> None:
    """A short text is the caption and carries the buttons."""
    body = ChatBody("Gõ các chữ trong hình", [Button("Hình khác", "t")], picture="p")
    await sender.send(letter(body, PNG))
    [call] = api.calls
    assert (call.method, call.fields["photo"]) == ("sendPhoto", PNG)
    assert call.fields["caption"] == body.text
    assert call.fields["reply_markup"]["inline_keyboard"][0][0]["text"] == "Hình khác"


async def test_a_long_text_follows_its_picture(api: BotApi, sender: Sender) -> None:
    """What is too long for a caption comes as its own message, with the buttons."""
    await sender.send(letter(ChatBody("😀" * 513, [Button("x", "t")], picture="p"), PNG))
    photo, message = api.calls
    assert (photo.method, message.method) == ("sendPhoto", "sendMessage")
    assert "reply_markup" not in photo.fields
    assert "inline_keyboard" in message.fields["reply_markup"]


async def test_a_long_text_is_several_messages(api: BotApi, sender: Sender) -> None:
    """5 000 emoji are 10 000 units: three messages, the buttons under the last (R38)."""
    verdict = await sender.send(letter(ChatBody("😀" * 5000, [Button("x", "t")])))
    sent = api.called("sendMessage")
    assert "".join(fields["text"] for fields in sent) == "😀" * 5000
    assert ["reply_markup" in fields for fields in sent] == [False, False, True]
    assert isinstance(verdict, Delivered)


@pytest.mark.parametrize(
    ("status", "after", "verdict"),
    [
        (429, 3, Later("too many messages", after=3)),
        (403, None, Dead("the citizen has blocked the bot")),
        (400, None, Dead("Telegram refused the message")),
        (401, None, Later("Telegram refused the bot's token")),
        (404, None, Later("Telegram refused the bot's token")),
        (500, None, Later("Telegram cannot be reached")),
        (502, None, Later("Telegram cannot be reached")),
    ],
)
async def test_faults_become_verdicts(
    api: BotApi, sender: Sender, status: int, after: int | None, verdict: Verdict
) -> None:
    """Each of Telegram's refusals says whether and when to try again."""
    api.refuses_next("sendMessage", status, retry_after=after)
    assert await sender.send(HELLO) == verdict


async def test_a_blocked_bot_gives_up(api: BotApi, sender: Sender) -> None:
    """Who has blocked the bot is written to no more."""
    api.is_blocked_by(42)
    assert await sender.send(HELLO) == Dead("the citizen has blocked the bot")


async def test_a_repeat_of_parts_is_marked(api: BotApi, sender: Sender) -> None:
    """When the second part is held up, the first would come twice: the verdict says so."""
    api.passes_next("sendMessage")
    api.refuses_next("sendMessage", 429, retry_after=3)
    verdict = await sender.send(letter(ChatBody("x" * 5000)))
    assert verdict == Later("too many messages", after=3, unsure=True)


async def test_silence_is_unsure(api: BotApi) -> None:
    """After a timeout nobody knows; the repeat is marked as one."""
    sender = TelegramSender(Calls(api.token, api.url, answer_within=0.05))
    api.ignores_next("sendMessage")
    assert await sender.send(HELLO) == Later("no answer in time", unsure=True)
    await sender.close()


async def test_a_broken_answer_is_unsure(api: BotApi, sender: Sender) -> None:
    """A page that is not Telegram's, or an answer without a message, proves nothing."""
    api.answers_next("sendMessage", b'{"ok": true, "result": {}}')
    assert await sender.send(HELLO) == Later("the answer was not Telegram's", unsure=True)
    api.answers_next("sendMessage", b"[]")
    assert await sender.send(HELLO) == Later("the answer was not Telegram's", unsure=True)


async def test_no_connection_is_sure(caplog: pytest.LogCaptureFixture) -> None:
    """What never left cannot have arrived; and neither verdict nor log hold the token."""
    caplog.set_level(logging.INFO)
    sender = TelegramSender(Calls("4242:AAtoken", "http://127.0.0.1:1"))
    verdict = await sender.send(HELLO)
    assert verdict == Later("Telegram cannot be reached")
    assert "AAtoken" not in caplog.text + repr(verdict)
    await sender.close()


async def test_only_bubbles_leave_here(sender: Sender) -> None:
    """An SMS handed to this sender is a mistake in the wiring."""
    with pytest.raises(TypeError):
        await sender.send(Letter("r", "42", SmsBody("x"), 1))
