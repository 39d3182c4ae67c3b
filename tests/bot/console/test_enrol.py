"""Enrolling with the one-time secret."""

import re

import pyotp
import pytest

from bot import staff
from tests.bot.console.house import PASSWORD, Browser, House

AN = "an.nguyen"


async def invited(house: House) -> str:
    random = house.engine.desk.random
    token = await staff.invite(house.store, AN, "agent", house.clock.now(), random, "operator")
    return f"/enrol/{token}"


async def key_on(browser: Browser, path: str) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', (await browser.sees(path)).text)
    assert found
    return found[1].replace(" ", "")


async def enrols(house: House, path: str, **other: str) -> tuple[int, str]:
    browser = await house.browser()
    code = pyotp.TOTP(await key_on(browser, path)).at(int(house.clock.now()))
    form = {"first": PASSWORD, "second": PASSWORD, "code": code} | other
    answer = await browser.client.post(path, data=form)
    return answer.status_code, answer.text


async def test_once(house: House) -> None:
    """Password and code enrol, once; then both sign in with the app's next code."""
    path = await invited(house)
    browser = await house.browser()
    key = await key_on(browser, path)
    page = await browser.sees(path)
    assert "<svg" in page.text
    assert "http" not in page.text.partition("<main")[2]
    status, text = await enrols(house, path)
    assert (status, "Đã kích hoạt" in text) == (200, True)
    assert (await browser.sees(path)).status_code == 410
    this, later = (pyotp.TOTP(key).at(int(house.clock.now()) + ahead) for ahead in (0, 30))
    assert (await browser.signs_in(AN, code=this)).status_code == 422
    assert (await browser.signs_in(AN, code=later)).status_code == 303
    assert (await house.acts())[:2] == ["staff.invited operator", "staff.enrolled an.nguyen"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"code": "000000"}, "Mã chưa đúng"),
        ({"first": "short", "second": "short"}, "ngắn quá"),
        ({"second": "another one"}, "chưa giống nhau"),
        ({"first": "matkhau123", "second": "matkhau123"}, "từ ai cũng nghĩ tới"),
    ],
)
async def test_mistakes_cost_nothing(house: House, wrong: dict[str, str], says: str) -> None:
    """What is wrong is said, nothing is kept, and the secret on the page stays the same."""
    path = await invited(house)
    browser = await house.browser()
    key = await key_on(browser, path)
    status, text = await enrols(house, path, **wrong)
    assert (status, says in text) == (422, True)
    assert PASSWORD not in text
    assert await key_on(browser, path) == key
    assert (await house.store.all_staff())[0].state == staff.INVITED
    assert (await enrols(house, path))[0] == 200


async def test_a_day_later(house: House) -> None:
    """The secret lapses, and looks like one that never was."""
    path = await invited(house)
    house.clock.pass_(staff.INVITED_FOR)
    browser = await house.browser()
    lapsed, never = await browser.sees(path), await browser.sees("/enrol/never")
    assert (lapsed.status_code, lapsed.text) == (410, never.text.replace("/enrol/never", path))


async def test_nobody_is_there_at_first(house: House) -> None:
    """A fresh installation has no account that could be guessed."""
    assert await house.store.all_staff() == []
    for name in ("admin", "root", "console", "operator"):
        answer = await (await house.browser()).signs_in(name, "admin", "123456")
        assert answer.status_code == 422
