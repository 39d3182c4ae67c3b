"""The dashboard: its figures against conversations whose course is known, files, rights."""

import csv
import io

import pytest

from bot.console.sheets import BOM, safe, sheet
from bot.console.spans import span
from bot.course import read_course
from tests.bot.console.house import LAN, House

AN = "an.nguyen"
HOSTILE = ("=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", '="x"&A1')


async def course_of(house: House) -> None:
    """Three begin, one says something strange and a wrong number, one stops, one asks."""
    await house.hears("quên mật khẩu", "đồng ý", "79", chat="telegram:1")
    await house.hears("quên mật khẩu", "không đồng ý", chat="telegram:2")
    await house.hears("quên mật khẩu", "gặp cán bộ", chat="telegram:3")
    await house.hears("xin chào", "abc def ghi 0912345678", chat="telegram:4")
    house.clock.pass_(60)


def read(text: bytes) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text.decode().removeprefix(BOM)))]


async def test_what_became_of_procedures(house: House) -> None:
    """Begun, broken off and handed to a person are counted as they were played."""
    await course_of(house)
    an = await house.signed_in(AN, "supervisor")
    (row,) = read((await an.sees("/figures/procedures/file")).content)
    assert (row["Bắt đầu"], row["Hoàn tất"], row["Bỏ dở"]) == ("3", "0", "1")
    assert row["Xin gặp cán bộ"] == "1"
    assert row["Hoàn tất %"] == "0.0"


async def test_steps(house: House) -> None:
    """A step counts each arrival, and answers that were refused there."""
    await course_of(house)
    an = await house.signed_in(AN, "supervisor")
    rows = {row["Bước"]: row for row in read((await an.sees("/figures/steps/file")).content)}
    assert rows["Đồng ý"]["Lần đến"] == "3"
    assert rows["Số BHXH"]["Lần đến"] == "1"
    assert rows["Số BHXH"]["Trả lời chưa đúng"] == "1"


async def test_load_and_promises(house: House) -> None:
    """Turns are counted by hour; who waits is not yet late."""
    await course_of(house)
    an = await house.signed_in(AN, "viewer")
    rows = read((await an.sees("/figures/load/file")).content)
    assert sum(int(row["Lượt nhắn"]) for row in rows) == 9
    assert [row["Từ"] for row in rows][:2] == ["00:00", "01:00"]
    (person, *_) = read((await an.sees("/figures/promises/file")).content)
    assert (person["Số lượng"], person["Còn chờ hoặc quá hạn"]) == ("0", "1")
    house.clock.pass_(1200)
    (person, *_) = read((await an.sees("/figures/promises/file")).content)
    assert (person["Số lượng"], person["Đúng hẹn"], person["Đúng hẹn %"]) == ("1", "0", "0.0")


async def test_the_days_before(house: House) -> None:
    """What happened yesterday is compared with today, not counted in it."""
    await course_of(house)
    house.clock.pass_(86_400)
    an = await house.signed_in(AN, "supervisor")
    (row,) = read((await an.sees("/figures/procedures/file?span=today")).content)
    assert (row["Bắt đầu"], row["Bắt đầu, kỳ trước"]) == ("0", "3")
    (row,) = read((await an.sees("/figures/procedures/file?span=week")).content)
    assert (row["Bắt đầu"], row["Bắt đầu, kỳ trước"]) == ("3", "0")


async def test_what_was_not_understood(house: House) -> None:
    """The text is there with its guess, its number is not; nor is an answer in a procedure."""
    await course_of(house)
    an = await house.signed_in(AN, "supervisor")
    page = (await an.sees("/misses")).text
    assert "abc def ghi" in page
    assert "0912345678" not in page
    (row,) = read((await an.sees("/misses/file")).content)
    assert row["Câu"].startswith("abc def ghi")
    assert row["Số lần"] == "1"


async def test_nobody_in_it(house: House) -> None:
    """Neither the page nor a file names a citizen, a chat or an account."""
    await course_of(house)
    await house.hears("quên mật khẩu", "đồng ý", "7900000001", "0900000101", chat="telegram:77")
    house.clock.pass_(60)
    an = await house.signed_in(AN, "supervisor")
    names = ("procedures", "steps", "codes", "deliveries", "promises", "load")
    paths = ["/figures", "/misses", "/misses/file", *(f"/figures/{name}/file" for name in names)]
    for path in paths:
        answer = await an.sees(path)
        assert answer.status_code == 200
        for datum in ("telegram:", "7900000001", "0900000101", LAN.full_name, LAN.email):
            assert datum not in answer.text


async def test_who_may_not_read_conversations(house: House) -> None:
    """The administrator sees figures, and is not led to what citizens wrote."""
    admin = await house.signed_in(AN, "admin")
    assert "/misses" not in (await admin.sees("/figures")).text
    assert (await admin.sees("/misses")).status_code == 403
    assert (await admin.sees("/figures/none/file")).status_code == 404


@pytest.mark.parametrize("text", HOSTILE)
def test_no_formula(text: str) -> None:
    """What could begin a formula begins with an apostrophe, and the text is still there."""
    file = sheet(["=head"], [[text], ["plain"]])
    assert file.startswith(b"\xef\xbb\xbf")
    rows = [*csv.reader(io.StringIO(file.decode().removeprefix(BOM), newline=""))]
    assert rows == [["'=head"], [f"'{text}"], ["plain"]]
    assert safe("") == ""


@pytest.mark.parametrize("name", ["today", "week", "month", "never"])
def test_spans_begin_at_midnight_in_viet_nam(name: str) -> None:
    """Five minutes past midnight there is today, whatever the day is in London."""
    now = 1_795_366_800.0 + 300  # 23 November 2026, five minutes past midnight
    found = span(name, now)
    assert (found.start + 7 * 3600) % 86_400 == 0
    assert found.before.end - found.before.start == found.end - found.start
    assert found.end - found.start == {"week": 6, "month": 29}.get(name, 0) * 86_400 + 300


def test_courses_are_read_as_they_are_written() -> None:
    """Older lines say where they were heard; what led on says where to."""
    assert read_course("a/x") == ("a", "x", "", "", "", False, False)
    assert read_course("a/x>lost").wrong == "lost"
    assert read_course("/>+a/x") == ("", "", "", "a", "x", True, False)
    assert read_course("a/x>=a/done") == ("a", "x", "", "a", "done", False, True)
    assert read_course("/>+=a/done") == ("", "", "", "a", "done", True, True)
