"""The local senders keep the notifier's contract."""

import asyncio

from bot.demo import papers
from bot.demo.board import (
    Answered,
    Board,
    Bubble,
    Cleared,
    Entry,
    Erased,
    Live,
    Mail,
    Pdf,
    Sms,
)
from bot.demo.photos import MOST, Photos
from bot.demo.post import Posts
from bot.notifier.fetcher import HasFiles
from bot.notifier.parcel import (
    Button,
    ChatBody,
    Dead,
    Delivered,
    MailBody,
    PaperBody,
    SmsBody,
)
from tests.bot.demo.fakes import ScriptedBot, StillClock

NOW = StillClock().now()
NUMBER = "+84900000101"


def posts_and_bot() -> tuple[Posts, ScriptedBot]:
    posts = Posts(StillClock())
    return posts, ScriptedBot(posts, {})


async def lying(board: Board, *topics: str) -> list[Entry]:
    """What lies on a board before anything more comes."""
    entries: list[Entry] = []
    async for entry in board.follow(topics):
        if isinstance(entry, Live):
            break
        entries.append(entry)
    return entries


async def test_a_bubble_lies_in_its_own_session_only() -> None:
    """A chat letter is pinned under the session it is addressed to, with everything on it."""
    posts, bot = posts_and_bot()
    buttons = [Button("Dừng", "t1")]
    body = ChatBody("Chào", buttons, share_phone="Gửi số", picture="p")
    assert await bot.delivers("abc", body, picture=b"PNG") == Delivered("ref-1")
    assert await lying(posts.board, "chat abc") == [
        Bubble("ref-1", NOW, "Chào", buttons, "Gửi số", b"PNG")
    ]
    assert await lying(posts.board, "chat xyz") == []


async def test_erasing_and_answering_need_no_bubble() -> None:
    """A body without a text deletes and answers, and leaves no empty bubble."""
    posts, bot = posts_and_bot()
    await bot.delivers("abc", ChatBody("", answer="a", erase="m"))
    assert await lying(posts.board, "chat abc") == [Erased("m"), Answered("a")]


async def test_inboxes_are_found_by_address() -> None:
    """An SMS lies under its number, an e-mail under its address in any case."""
    posts, bot = posts_and_bot()
    await bot.delivers("+84900000101", SmsBody("482913"))
    await bot.delivers("Mau@Example.vn", MailBody("Thư", "chữ", "<p>chữ</p>"))
    assert await lying(posts.board, "sms +84900000101") == [Sms("ref-1", NOW, NUMBER, "482913")]
    assert await lying(posts.board, "email mau@example.vn") == [
        Mail("ref-2", NOW, "Mau@Example.vn", "Thư", "chữ")
    ]


async def test_a_paper_lies_in_its_own_session_only() -> None:
    """The chat is told name and size; the PDF is found with session and reference, not else."""
    posts, bot = posts_and_bot()
    body = PaperBody("receipt", "HS-251124-A7K2M9", "vi")
    assert await bot.delivers("abc", body, picture=b"%PDF-1.7") == Delivered("ref-1")
    name = "receipt-HS-251124-A7K2M9.pdf"
    assert await lying(posts.board, "chat abc") == [Pdf("ref-1", NOW, name, 8)]
    found = posts.chat.papers.find("abc", "ref-1")
    assert found
    assert (found.name, found.pdf) == (name, b"%PDF-1.7")
    assert posts.chat.papers.find("xyz", "ref-1") is None
    assert posts.chat.papers.find("abc", "ref-2") is None
    posts.clear()
    assert posts.chat.papers.find("abc", "ref-1") is None


async def test_papers_make_room_for_newer_ones() -> None:
    """However many are sent, memory holds the newest few."""
    posts, bot = posts_and_bot()
    for _ in range(papers.MOST + 1):
        await bot.delivers("abc", PaperBody("receipt", "HS", "vi"), picture=b"%PDF")
    kept = [posts.chat.papers.find("abc", f"ref-{n}") for n in (1, 2, papers.MOST + 1)]
    assert [paper is not None for paper in kept] == [False, True, True]


async def test_the_chat_has_files_for_the_fetcher() -> None:
    """The engine finds the chat's photos as it finds those of any platform."""
    posts, _ = posts_and_bot()
    assert isinstance(posts.chat, HasFiles)
    assert not isinstance(posts.sms, HasFiles)


async def test_a_photo_is_handed_out_once() -> None:
    """It is gone once it was fetched, and one that was never held is a dead end."""
    photos = posts_and_bot()[0].chat.files
    photos.hold("key", b"JPEG")
    assert await photos.fetch("key") == b"JPEG"
    assert isinstance(await photos.fetch("key"), Dead)
    photos.hold("key", b"")
    assert await photos.fetch("key") == b""


async def test_photos_that_nobody_fetches_are_forgotten() -> None:
    """Few are held, not for long, and none after a wipe."""
    photos = Photos(kept=0.01)
    for n in range(MOST + 1):
        photos.hold(f"key-{n}", b"JPEG")
    assert isinstance(await photos.fetch("key-0"), Dead)
    assert await photos.fetch("key-1") == b"JPEG"
    await asyncio.sleep(0.05)
    assert isinstance(await photos.fetch("key-2"), Dead)
    posts, _ = posts_and_bot()
    posts.chat.files.hold("key", b"JPEG")
    posts.clear()
    assert isinstance(await posts.chat.files.fetch("key"), Dead)


async def test_a_repeat_is_shown_once() -> None:
    """A second try with the same reference is taken and has no effect."""
    posts, bot = posts_and_bot()
    for _ in range(2):
        verdict = await bot.delivers("+84900000101", SmsBody("482913"), ref="same")
        assert verdict == Delivered("same")
    assert len(await lying(posts.board, "sms +84900000101")) == 1


async def test_a_letter_for_another_channel_is_dead() -> None:
    """No sender guesses what to do with a body that is not its own."""
    posts, _ = posts_and_bot()
    assert {posts.chat.name, posts.sms.name, posts.email.name} == {"chat", "sms", "email"}
    letter = ScriptedBot.letter("x", SmsBody("482913"))
    chat, mail = await posts.chat.send(letter), await posts.email.send(letter)
    sms = await posts.sms.send(ScriptedBot.letter("x", ChatBody("Chào")))
    assert all(isinstance(verdict, Dead) for verdict in (chat, mail, sms))


async def test_a_watch_hears_what_comes_and_ends_with_the_wipe() -> None:
    """Old entries, then Live, then new ones as they come, then Cleared and the end."""
    posts, bot = posts_and_bot()
    await bot.delivers("+84900000101", SmsBody("một"))
    heard: list[Entry] = []

    async def watch() -> None:
        heard.extend([entry async for entry in posts.board.follow({"sms +84900000101"})])

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    await bot.delivers("+84900000102", SmsBody("của người khác"))
    await bot.delivers("+84900000101", SmsBody("hai"))
    await asyncio.sleep(0)
    posts.board.clear()
    await watching
    assert heard == [
        Sms("ref-1", NOW, NUMBER, "một"),
        Live(),
        Sms("ref-3", NOW, NUMBER, "hai"),
        Cleared(),
    ]
    assert await lying(posts.board, "sms +84900000101") == []


async def test_closing_ends_every_watch() -> None:
    """A web server that stops is not held up by pages that listen."""
    posts, _ = posts_and_bot()

    async def watch() -> list[Entry]:
        return [entry async for entry in posts.board.follow({"chat abc"})]

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    for sender in (posts.chat, posts.sms, posts.email):
        await sender.close()
    assert await watching == [Live()]
