"""A crowd for the demo: made-up citizens who write at a human pace, so that the console breathes.

Each says what a visitor of the page could say and through the same door; nothing is written past
the bot. Nobody waits for an answer and nobody uses a code: some ask for a person, some stop.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random

from bot.demo.channel import Said, WebChat
from bot.demo.citizens import Citizen

Pause = Callable[[float], Awaitable[None]]

# What somebody says one after the other; {…} is filled in from the sample citizen's papers.
STORIES: tuple[tuple[str, ...], ...] = (
    ("chào em", "tôi quên mật khẩu vssid", "đồng ý", "{bhxh_number}", "gặp cán bộ"),
    ("quên mật khẩu", "đồng ý", "79", "một hai ba", "tôi không biết số đâu", "gặp cán bộ"),
    ("đổi số điện thoại", "đồng ý", "{bhxh_number}"),
    ("cho hỏi mã số bhxh của tôi là gì", "đồng ý", "{national_id}"),
    ("tôi bị mất sổ bảo hiểm thì làm sao", "cảm ơn em"),
    ("thẻ bhyt còn hạn không em", "đồng ý", "{bhxh_number}", "gặp cán bộ"),
    ("có người gọi đòi mã otp, bảo là bên bảo hiểm", "gặp cán bộ"),
    ("quen mat khau", "dong y", "{bhxh_number}", "khong nhan duoc ma", "gap can bo"),
    ("đăng ký tài khoản cho con", "đồng ý"),
    ("lương hưu tháng này có chưa", "sao lâu vậy", "gặp cán bộ"),
    ("thêm email", "đồng ý", "{bhxh_number}", "thôi để mai"),
    ("bao giờ làm xong hồ sơ của tôi", "gặp người thật đi"),
)
THANKS = ("dạ cảm ơn", "alo, có ai không ạ", "vâng tôi chờ")
BETWEEN = (3.0, 12.0)  # seconds from one message to the next
REST = (20.0, 90.0)  # seconds until somebody new comes for whoever left
ARRIVAL = 20.0  # seconds within which the first ones come


class Crowd:
    """So many citizens, each one conversation after the other until cancelled."""

    def __init__(
        self,
        chat: WebChat,
        citizens: Sequence[Citizen],
        random: Random,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._chat = chat
        self._citizens = citizens
        self._random = random
        self._pause = pause

    async def walk(self, count: int) -> None:
        """Let them come and write until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(self._live())

    async def _live(self) -> None:
        await self._pause(self._random.uniform(0, ARRIVAL))
        while True:
            await self.visit()
            await self._pause(self._random.uniform(*REST))

    async def visit(self) -> None:
        """One conversation, from the first word to wherever this citizen leaves it."""
        session = f"crowd-{self._random.getrandbits(48):012x}"
        place = self._random.randrange(len(self._citizens))
        story = (*self._random.choice(STORIES), self._random.choice(THANKS))
        for line in story[: self._random.randint(1, len(story))]:
            text = self._filled(line, self._citizens[place])
            key = f"crowd-{self._random.getrandbits(64):016x}"
            await self._chat.take(Said(session, key, place, text=text))
            await self._pause(self._random.uniform(*BETWEEN))

    @staticmethod
    def _filled(line: str, who: Citizen) -> str:
        papers = {"bhxh_number": who.bhxh_number, "national_id": who.national_id}
        return line.format_map({name: value or "không nhớ" for name, value in papers.items()})
