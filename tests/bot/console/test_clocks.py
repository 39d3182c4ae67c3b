"""Requests about personal data at the console: the law's clocks, two officers, what then goes."""

import pytest

from bot.due import raise_due
from storage.base import Link, Right, Search
from tests.bot.console.house import LAN, Browser, House

AN, BINH = "an.nguyen", "binh.tran"
HERE = "/operations/rights"
CHAT = "telegram:7"
DAY = 86_400.0
ASKED = {"number": LAN.bhxh_number, "why": "Thư số 12/2026"}


@pytest.fixture
async def an(house: House) -> Browser:
    """A supervisor, in a house where somebody has proved an account."""
    await house.hears("xin chào")
    async with house.store.unit(now=house.clock.now()) as unit:
        member = (await unit.members([LAN.bhxh_number]))[LAN.bhxh_number]
        await unit.add_links([Link(member.account, CHAT, house.clock.now())])
    return await house.signed_in(AN, "supervisor")


async def only(house: House, *, ended: bool = False) -> Right:
    """The one request there is."""
    (row,) = await house.store.list_rights(ended=ended, limit=2)
    return row


async def erased(house: House) -> int:
    return await raise_due(house.engine.turns, house.store, now=house.clock.now() + 60)


async def test_two_people_erase(house: House, an: Browser) -> None:
    """One asks, only somebody else approves, then what was said is gone; no page names whom."""
    assert (await an.posts(f"{HERE}/ask", **ASKED)).status_code == 303
    ref = (await only(house)).ref
    assert (await an.posts(f"{HERE}/approve", ref=ref)).status_code == 409
    assert await erased(house) == 0
    binh = await house.signed_in(BINH, "supervisor")
    page = (await binh.sees(HERE)).text
    assert ref in page
    assert LAN.bhxh_number not in page
    assert LAN.full_name not in page
    assert (await binh.posts(f"{HERE}/approve", ref=ref)).status_code == 303
    assert (await binh.posts(f"{HERE}/approve", ref=ref)).status_code == 409
    assert await erased(house) == 1
    assert await house.store.transcript(CHAT, limit=9) == []
    assert "tin nhắn: 1" in (await binh.sees(f"{HERE}?view=ended")).text
    for kind, who in (("data_erase_asked", AN), ("data_erase_approved", BINH)):
        assert [act.who for act in await house.store.records(Search(kind))] == [who]


async def test_it_can_be_refused(house: House, an: Browser) -> None:
    """With a reason, which the file keeps; nothing goes."""
    await an.posts(f"{HERE}/ask", **ASKED)
    ref = (await only(house)).ref
    binh = await house.signed_in(BINH, "supervisor")
    assert (await binh.posts(f"{HERE}/refuse", ref=ref, why="")).status_code == 422
    assert (await binh.posts(f"{HERE}/refuse", ref=ref, why="Chưa ký tên")).status_code == 303
    row = await only(house, ended=True)
    assert (row.ended_as, "refused by binh.tran: Chưa ký tên" in row.why) == ("refused", True)
    assert await erased(house) == 0
    assert len(await house.store.transcript(CHAT, limit=9)) == 1


@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        ({**ASKED, "number": "12"}, 422, "10 số BHXH hoặc 12 số căn cước"),
        ({**ASKED, "why": "x"}, 422, "ít nhất 5 ký tự"),
        ({**ASKED, "number": "7999999999"}, 409, "không có gì để xóa"),
    ],
)
async def test_what_cannot_be(
    house: House, an: Browser, form: dict[str, str], status: int, says: str
) -> None:
    """The page says what is wrong, keeps what was typed, and nothing has changed."""
    answer = await an.posts(f"{HERE}/ask", **form)
    assert (answer.status_code, says in answer.text) == (status, True)
    assert form["why"] in answer.text
    assert await house.store.list_rights(ended=False, limit=9) == []


async def test_what_is_late_says_so(house: House, an: Browser) -> None:
    """In words, and first of all."""
    await an.posts(f"{HERE}/ask", **ASKED)
    assert "Chờ người khác duyệt trước" in (await an.sees(HERE)).text
    house.clock.pass_(21 * DAY)
    binh = await house.signed_in(BINH, "supervisor")
    assert "Trễ: hạn xong" in (await binh.sees(HERE)).text


async def test_an_admin_looks_only(house: House, an: Browser) -> None:
    """Whoever runs the machines sees the clocks and decides nothing."""
    await an.posts(f"{HERE}/ask", **ASKED)
    admin = await house.signed_in("quan.tri", "admin")
    page = (await admin.sees(HERE)).text
    ref = (await only(house)).ref
    assert ref in page
    assert "Duyệt xóa" not in page
    assert (await admin.posts(f"{HERE}/approve", ref=ref)).status_code == 403
