"""A bot made of a table, so that the page can be tried without the core."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.channels.base import Incoming
from bot.demo.post import Posts
from bot.notifier.parcel import (
    Body,
    Button,
    ChatBody,
    Letter,
    MailBody,
    PaperBody,
    SmsBody,
    Verdict,
)
from flows.model import CONTACT, OTHER, PHOTO

Script = Mapping[str, Sequence[tuple[str, Body]]]
"""What is heard (a text, a token, a kind) -> where to ("" is the chat) and what to say."""


class StillClock:
    """A clock that stands at one moment: Monday 24 November 2025, 09:31 in Viet Nam."""

    def now(self) -> float:
        return 1_763_951_460.0


class Broken(Exception):
    """What the fake database says when it cannot be written."""


@dataclass
class ScriptedBot:
    """Takes events in and answers from its script, through the posts."""

    posts: Posts
    script: Script
    breath: float = 0.0
    down: bool = False
    heard: list[Incoming] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _answers: set[asyncio.Task[None]] = field(default_factory=set)
    _refs: int = 0

    async def put(self, incoming: Incoming) -> None:
        """Keep an event once, then answer it."""
        if self.down:
            raise Broken
        if incoming.key not in self._keys:
            self._keys.add(incoming.key)
            self.heard.append(incoming)
            answer = asyncio.create_task(self._answer(incoming))
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)

    async def delivers(self, to: str, body: Body, picture: bytes = b"", ref: str = "") -> Verdict:
        """Hand a letter to the post that carries its kind."""
        self._refs += 1
        letter = self.letter(to, body, picture, ref or f"ref-{self._refs}")
        match body:
            case ChatBody() | PaperBody():
                return await self.posts.chat.send(letter)
            case SmsBody():
                return await self.posts.sms.send(letter)
            case MailBody():
                return await self.posts.email.send(letter)
            case _:
                raise TypeError("photos are fetched, not delivered")

    @staticmethod
    def letter(to: str, body: Body, picture: bytes = b"", ref: str = "ref") -> Letter:
        """A letter on its first try."""
        return Letter(ref, to, body, tries=1, picture=picture)

    async def _answer(self, incoming: Incoming) -> None:
        await asyncio.sleep(self.breath)
        event = incoming.event
        said = (
            event.kind if event.kind in {CONTACT, OTHER, PHOTO} else incoming.token or event.text
        )
        for to, body in self.script.get(said, ()):
            await self.delivers(to or incoming.chat.removeprefix("web:"), body)


def bubble(text: str, *labels: str, share: str = "") -> tuple[str, ChatBody]:
    """A bubble for whoever asked; a button's token is its label."""
    return "", ChatBody(text, [Button(label, label) for label in labels], share_phone=share)


RECOVERY: Script = {
    "/start": [
        bubble(
            "Chào ông/bà. Tôi là trợ lý tự động về VssID. Miễn phí, không bao giờ xin tiền hay "
            "mật khẩu. Ông/bà cần:\n1. Quên mật khẩu\n2. Thêm hoặc đổi email\n3. Gặp cán bộ",
            "Quên mật khẩu",
            "Thêm hoặc đổi email",
            "Gặp cán bộ",
        )
    ],
    "Quên mật khẩu": [
        bubble(
            "Có 3 câu, khoảng 2 phút.\nBước 1/3. Mời ông/bà gõ mã số BHXH (10 số) hoặc số CCCD "
            "(12 số).",
            "Quay lại",
            "Gặp cán bộ",
        )
    ],
    "7900000001": [
        bubble(
            "Đã ghi nhận. Bước 2/3. Mời ông/bà gõ số điện thoại hoặc email đã đăng ký, để gửi mã "
            "xác nhận.",
            "Quay lại",
            share="Gửi số của tôi",
        )
    ],
    CONTACT: [
        bubble(
            "Nếu thông tin khớp, mã xác nhận 6 số đã được gửi tới 09xx xxx 101. Bước 3/3. Mời "
            "ông/bà gõ mã trước 09:41.",
            "Gửi lại mã",
            "Dừng",
        ),
        (
            "+84900000101",
            SmsBody(
                "482913 la ma C4 lay lai mat khau VssID. Het han 09:41. "
                "Can bo KHONG bao gio hoi ma nay."
            ),
        ),
    ],
    "482913": [
        bubble(
            "Mã đúng. Mật khẩu mới đã được gửi tới 09xx xxx 101, dùng được đến 09:31 "
            "thứ Ba 25/11.",
            "Thêm email",
            "Việc khác",
        ),
        ("+84900000101", SmsBody("Mat khau VssID moi: hoa-sen-4471. Doi ngay sau khi dang nhap.")),
        (
            "mau@example.vn",
            MailBody(
                "Mật khẩu VssID vừa được cấp lại",
                "Kính gửi ông/bà,\n\nMật khẩu VssID vừa được cấp lại lúc 09:31 ngày 24/11.\n"
                "Nếu không phải ông/bà yêu cầu, hãy gọi 1900 9068.",
                "",
            ),
        ),
    ],
    PHOTO: [bubble("Đã nhận ảnh.")],
    OTHER: [bubble("Tôi chỉ đọc được chữ. Mời ông/bà gõ câu trả lời.")],
}
