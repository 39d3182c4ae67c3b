"""Dossiers through the turn: handed in by chat, decided by officers, told to everybody."""

import pytest

from flows.model import PHOTO, Event, file
from storage.base import Edge, Photo
from tests.bot.dossiers.office import (
    ANA,
    BEN,
    asks_for_a_book,
    decides,
    due_day,
    form,
    history,
    is_legal,
    read,
)
from tests.bot.procedures.walks import where
from tests.bot.town import HUNG, LAN, MAI, Town

DAY = 86_400
QUESTION, ANSWER = "Ông/bà mất sổ ở đâu?", "Tôi mất ở chợ"


def _steps(edges: list[Edge]) -> list[tuple[str, str, str]]:
    return [(edge.to, edge.who, edge.why) for edge in edges]


def _mails(town: Town, ref: str, contact: str = LAN.email) -> list[str]:
    """What an address was told of a dossier."""
    return [text for text in town.post_for(contact) if ref in text]


async def test_a_full_life(office: Town) -> None:
    """From the chat over two officers and a question to its end: kept, legal, always told."""
    lan = office.citizen()
    ref = (await asks_for_a_book(lan)).ref
    assert ref in lan.last.text
    for step, officer, why in (("receive", ANA, ""), ("review", ANA, ""), ("ask", BEN, QUESTION)):
        await decides(office, ref, step, officer, why)
    assert QUESTION in lan.last.text
    assert QUESTION in (await lan.says("hồ sơ")).text
    await lan.says(ANSWER)
    await decides(office, ref, "approve", BEN)
    assert _steps(await history(office, ref)) == [
        ("submitted", "citizen", ""),
        ("received", ANA, ""),
        ("in_review", ANA, ""),
        ("needs_info", BEN, QUESTION),
        ("in_review", "citizen", ANSWER),
        ("resolved", BEN, ""),
    ]
    assert is_legal("reissue_book", await history(office, ref))
    closed = await read(office, ref)
    assert (closed.version, closed.is_open) == (6, False)
    assert (await form(office, ref)).replies == (ANSWER,)
    assert len(_mails(office, ref)) == 6
    assert not office.sms_to(LAN.phone)[2:]  # the two codes; an e-mail is on file for the rest
    assert sum(ref in bubble.text for bubble in lan.bubbles) >= 6
    assert await office.store.verify_audit()
    assert not await office.store.asides(limit=1)


async def test_an_sms_where_there_is_no_email(office: Town) -> None:
    """Who has no e-mail is told of every step by SMS."""
    ref = (await asks_for_a_book(office.citizen(), HUNG)).ref
    await decides(office, ref, "receive")
    await decides(office, ref, "reject", ANA, "Sổ cũ còn dùng được.")
    told = [text for text in office.sms_to(HUNG.phone) if ref in text]
    assert len(told) == 3
    assert all(text.isascii() and len(text) <= 160 for text in told)


async def test_in_the_language_of_the_chat(office: Town) -> None:
    """Whoever changes the language meanwhile is told in the new one, day and all."""
    lan = office.citizen()
    ref = (await asks_for_a_book(lan)).ref
    await decides(office, ref, "receive")
    assert "thứ Ba 08/12/2026" in lan.last.text
    await lan.says("english")
    await decides(office, ref, "review")
    assert "An officer is looking" in lan.last.text
    assert "Tuesday 08/12/2026" in lan.last.text


REASONED = [
    # key, own words, what the SMS says, what the chat says of it
    ("papers", "", "Ly do: Thieu giay to.", "Lý do:\nThiếu giấy tờ."),
    ("papers", "Thiếu trang 2.", "Ly do: Thieu giay to.", "Thiếu giấy tờ. Thiếu trang 2."),
    ("other", "Sổ cũ còn dùng.", "Ly do da gui vao chat, email.", "Lý do:\nSổ cũ còn dùng."),
    ("", "Sổ cũ còn dùng.", "Ly do da gui vao chat, email.", "Lý do:\nSổ cũ còn dùng."),
]


@pytest.mark.parametrize(("key", "words", "sms", "chat"), REASONED)
async def test_why_it_was_rejected(
    office: Town, key: str, words: str, sms: str, chat: str
) -> None:
    """The reason reaches the phone, the chat and the list; an officer's own words no SMS."""
    hung = office.citizen()
    ref = (await asks_for_a_book(hung, HUNG)).ref
    await decides(office, ref, "receive")
    await decides(office, ref, "reject", ANA, words, reason=key)
    told = office.sms_to(HUNG.phone)[-1]
    assert sms in told
    assert "con dung" not in told
    assert "trang 2" not in told
    assert len(told) <= 160
    assert chat in hung.last.text
    listed = (await hung.says("hồ sơ")).text
    assert chat.removeprefix("Lý do:\n") in listed
    assert "Không được chấp nhận. Lý do: " in listed


async def test_a_reason_that_is_none(office: Town) -> None:
    """A key that no text knows is no reason: nothing happens, and nothing is set aside."""
    ref = (await asks_for_a_book(office.citizen())).ref
    await decides(office, ref, "receive")
    for key, words in (("nonsense", ""), ("nonsense", "x"), ("other", ""), ("", "")):
        assert (await decides(office, ref, "reject", ANA, words, reason=key)).state == "received"
    assert not await office.store.asides(limit=1)


async def test_why_it_was_rejected_by_email(office: Town) -> None:
    """An e-mail holds both, in the language of the chat."""
    lan = office.citizen()
    ref = (await asks_for_a_book(lan)).ref
    await lan.says("english")
    await decides(office, ref, "receive")
    await decides(office, ref, "reject", ANA, "Page 2 is torn.", reason="papers")
    assert "The reason: Papers are missing. Page 2 is torn." in _mails(office, ref)[-1]


async def test_why_it_takes_longer(office: Town) -> None:
    """A verification tells the officer's reason and the later day, not that somebody looks."""
    why = "Phải tra cứu nơi đóng cũ."
    lan = office.citizen()
    ref = (await asks_for_a_book(lan)).ref
    await decides(office, ref, "review")
    await decides(office, ref, "verify", ANA, why)
    days = office.engine.desk.workdays
    row = await read(office, ref)
    day = f"{days.due(days.counts_as(row.opened_at), 45):%d/%m/%Y}"
    for told in (lan.last.text, _mails(office, ref)[-1]):
        assert why in told
        assert day in told
    hung = office.citizen("telegram:8")
    ref = (await asks_for_a_book(hung, HUNG)).ref
    await decides(office, ref, "review")
    await decides(office, ref, "verify", ANA, why)
    assert "can tra cuu them" in office.sms_to(HUNG.phone)[-1]
    assert "noi dong cu" not in office.sms_to(HUNG.phone)[-1]


async def test_taken_back(office: Town) -> None:
    """The citizen's own steps are told to the account, too: it may have been somebody else."""
    lan = office.citizen()
    ref = (await asks_for_a_book(lan)).ref
    await lan.says("hồ sơ")
    await lan.taps("Rút hồ sơ")
    await lan.taps("Rút hồ sơ này")
    row = await read(office, ref)
    assert (row.state, row.is_open) == ("withdrawn", False)
    assert len(_mails(office, ref)) == 2
    before = len(lan.bubbles)
    await decides(office, ref, "receive")
    assert (await read(office, ref)).state == "withdrawn"
    assert len(lan.bubbles) == before


async def test_a_photo_for_an_answer(office: Town) -> None:
    """A photo that answers an officer's question lands in that dossier (F30)."""
    lan = office.citizen()
    ref = (await asks_for_a_book(lan)).ref
    await decides(office, ref, "review")
    await decides(office, ref, "ask", ANA, QUESTION)
    await lan.says("hồ sơ")
    await lan.puts(Event(PHOTO, "file-1"))
    async with office.store.unit(now=office.clock.now()) as unit:
        run = (await unit.conversations([lan.chat]))[lan.chat].run
        await unit.add_photos([Photo("p1", lan.chat, run, "", office.clock.now(), b"jpeg")])
    await lan.does(Event(file("kept"), "p1"))
    await lan.taps("Gửi cán bộ")
    async with office.store.unit(now=office.clock.now()) as unit:
        assert [photo.ref for photo in await unit.photos_in([ref])] == ["p1"]
    assert (await read(office, ref)).state == "in_review"
    assert (await form(office, ref)).replies == ("photos: 1",)


# --- the clock ------------------------------------------------------------------------


# Handed in on Sunday 22/11/2026, so it counts as of Monday; 24/11 is a public holiday.
PAUSES = [
    # asked after so many days, answered after so many more, due then
    (1, 0, "Tue 08/12/2026"),  # both on Monday: nothing is lost
    (1, 1, "Wed 09/12/2026"),  # Monday to Tuesday, the holiday: Monday stood still
    (1, 2, "Wed 09/12/2026"),  # to Wednesday: Monday; the holiday counts for nobody
    (3, 5, "Fri 11/12/2026"),  # Wednesday to Monday: three working days
    (5, 2, "Wed 09/12/2026"),  # Friday to Sunday: Friday
    (17, 1, "Wed 09/12/2026"),  # a day late before, and as late after
]


@pytest.mark.parametrize(("asked", "answered", "due"), PAUSES)
async def test_a_question_stops_the_clock(
    office: Town, asked: int, answered: int, due: str
) -> None:
    """While the citizen is asked, time stands still; then the due day has moved on by as much."""
    lan = office.citizen()
    ref = (await asks_for_a_book(lan)).ref
    assert await due_day(office, ref) == "Tue 08/12/2026"
    await decides(office, ref, "receive")
    office.clock.pass_(asked * DAY)
    assert (await decides(office, ref, "ask", ANA, QUESTION)).paused_at is not None
    office.clock.pass_(answered * DAY)
    await lan.says("hồ sơ", ANSWER)
    assert (await read(office, ref)).paused_at is None
    assert await due_day(office, ref) == due


async def test_a_rejected_question_stops_nothing_any_more(office: Town) -> None:
    """A dossier that is closed while a question is open has no clock that stands still."""
    ref = (await asks_for_a_book(office.citizen())).ref
    await decides(office, ref, "receive")
    await decides(office, ref, "ask", ANA, QUESTION)
    office.clock.pass_(30 * DAY)
    closed = await decides(office, ref, "reject", BEN, "Không có câu trả lời.")
    assert (closed.state, closed.paused_at) == ("rejected", None)


async def test_verifying_takes_longer_and_keeps_the_pauses(office: Town) -> None:
    """45 working days from the start for a book that is verified, and what it stood still."""
    lan = office.citizen()
    ref = (await asks_for_a_book(lan)).ref
    await decides(office, ref, "review")
    office.clock.pass_(3 * DAY)
    await decides(office, ref, "ask", ANA, QUESTION)
    office.clock.pass_(2 * DAY)
    await lan.says("hồ sơ", ANSWER)
    await decides(office, ref, "verify", ANA, "Phải tra cứu nơi đóng cũ.")
    row, days = await read(office, ref), office.engine.desk.workdays
    assert row.due_at == days.end_of(days.due(days.counts_as(row.opened_at), 45 + 2))


# --- beside a conversation ------------------------------------------------------------


async def test_a_decision_leaves_the_conversation_alone(office: Town) -> None:
    """Whatever the citizen is in the middle of goes on as if nothing had been decided."""
    lan = office.citizen()
    ref = (await asks_for_a_book(lan)).ref
    office.clock.pass_(DAY)
    await lan.says("thêm email", "đồng ý")
    async with office.store.unit(now=office.clock.now()) as unit:
        before = (await unit.conversations([lan.chat]))[lan.chat]
    await decides(office, ref, "receive")
    async with office.store.unit(now=office.clock.now()) as unit:
        assert (await unit.conversations([lan.chat]))[lan.chat] == before
    await lan.says(LAN.bhxh_number)
    assert await where(lan) == "proof"


async def test_another_account_in_the_same_chat(office: Town) -> None:
    """A decision concerns the dossier's account, whoever the chat speaks of meanwhile."""
    lan = office.citizen()
    ref = (await asks_for_a_book(lan)).ref
    office.clock.pass_(DAY)
    await lan.says("thêm email", "đồng ý", MAI.bhxh_number)
    await decides(office, ref, "receive")
    assert len(_mails(office, ref)) == 2
    assert not _mails(office, ref, MAI.email)
