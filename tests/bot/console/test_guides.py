"""Answers edited at the console: shown before they are saved, said at once, taken back whole."""

import pytest
from msgspec.structs import replace

from bot import guide_edits
from bot.switches import EVERY
from storage.base import Search
from tests.bot.console.house import Browser, House

AN = "an.nguyen"
NAME = "hotline_price"
PAGE = f"/operations/guides/{NAME}"
GOOD = {
    "vi": "Ông/bà hỏi rất đúng: đây là trợ lý tự động.",
    "en": "A good question: this is an automatic assistant.",
    "more_vi": "Không ai ở đây hỏi mã xác nhận.",
    "more_en": "Nobody here asks for a code.",
    "source": "https://example.vn/tro-ly",
    "checked": "2026-11-20",
}
ASKED = "tổng đài có mất phí không"


@pytest.fixture
async def an(house: House) -> Browser:
    """A supervisor who is signed in."""
    return await house.signed_in(AN, "supervisor")


async def posts(browser: Browser, path: str, form: dict[str, str]) -> tuple[int, str]:
    """Status and text of what came back."""
    answer = await browser.client.post(path, data={"csrf": await browser.mark(), **form})
    return answer.status_code, answer.text


async def said(house: House) -> str:
    """What a citizen is told who asks."""
    await house.hears(ASKED)
    rows = await house.store.transcript("telegram:7", limit=1)
    return rows[-1].said


async def test_a_citizen_gets_the_new_words(house: House, an: Browser) -> None:
    """What was saved is said with the next question, and the log knows by whom."""
    assert "hỏi rất đúng" not in await said(house)
    status, _ = await posts(an, PAGE, GOOD)
    assert status == 303
    assert "hỏi rất đúng" in await said(house)
    records = await house.store.records(Search("guide.edited", AN))
    assert [it.detail for it in records] == [NAME]


async def test_taken_back(house: House, an: Browser) -> None:
    """The file's words are said again."""
    await said(house)  # greets
    before = await said(house)
    await posts(an, PAGE, GOOD)
    await posts(an, "/operations/take-back", {"name": f"text:{NAME}", "back": PAGE})
    assert await said(house) == before


async def test_another_process(house: House) -> None:
    """An edit made elsewhere counts here within the time that switches take."""
    guide = house.engine.desk.guides.all()[NAME]
    await said(house)
    other = replace(guide, vi=GOOD["vi"])
    await guide_edits.save(house.store, NAME, other, AN, house.clock.now())
    house.clock.pass_(EVERY)
    assert "hỏi rất đúng" in await said(house)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("vi", "", "vi is missing"),
        ("vi", "Một. Hai. Ba. Bốn.", "more than 2 sentences"),
        ("en", "word " * 60, "more than 45 words"),
        ("checked", "2027-01-01", "was checked on"),
        ("checked", "hôm qua", "was checked on"),
        ("source", " ", "no source"),
    ],
)
async def test_what_the_lint_refuses(
    house: House, an: Browser, field: str, value: str, told: str
) -> None:
    """It is not saved, what was typed stays, and the page says what to mend."""
    status, page = await posts(an, PAGE, GOOD | {field: value})
    assert status == 422
    assert told in page
    assert GOOD["more_en"] in page
    assert await house.store.switches() == []


async def test_a_preview_saves_nothing(house: House, an: Browser) -> None:
    """The bubbles are shown as text, and nobody is told them."""
    status, page = await posts(an, f"{PAGE}/preview", GOOD | {"vi": "<b>Đậm</b>."})
    assert status == 200
    assert "&lt;b&gt;Đậm" in page
    assert await house.store.switches() == []


@pytest.mark.parametrize("guide", ["nothing", "../switches", "%00", f"text:{NAME}"])
async def test_no_such_guide(an: Browser, guide: str) -> None:
    """It is not found, whatever is done to it."""
    for path in (f"/operations/guides/{guide}", f"/operations/guides/{guide}/preview"):
        status, _ = await posts(an, path, GOOD)
        assert status in (404, 405)


async def test_the_list_says_who_edited(an: Browser) -> None:
    """Whoever looks after answers sees which ones are not the file's."""
    await posts(an, PAGE, GOOD)
    page = (await an.sees("/operations/guides")).text
    assert "an.nguyen sửa lúc" in page
    assert "hỏi rất đúng" in page
