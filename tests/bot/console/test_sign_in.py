"""Signing in, sessions, and what ends them."""

import pytest

from bot import staff
from bot.console import names
from bot.console.session import IDLE, LONGEST
from bot.console.sign_in import FOR_ALL
from tests.bot.console.house import PASSWORD, SITE, House

AN = "an.nguyen"


async def test_in_and_out(house: House) -> None:
    """Name, password and code open the inbox; signing out closes it for good."""
    an = await house.signed_in(AN, "agent")
    assert (await an.sees()).status_code == 200
    former = an.cookie
    assert (await an.posts("/sign-out")).headers["location"] == "/sign-in"
    an.client.cookies.set("__Host-session", former, domain="console.test")
    assert (await an.sees()).headers["location"].startswith("/sign-in")
    assert await house.acts() == ["staff.signed_in an.nguyen"]


async def test_the_cookie(house: House) -> None:
    """It belongs to this host alone, travels by TLS to our own pages, unseen by scripts."""
    await house.hires(AN, "agent")
    browser = await house.browser()
    answer = await browser.signs_in(AN)
    told = answer.headers["set-cookie"]
    assert told.startswith("__Host-session=")
    for word in ("HttpOnly", "Secure", "SameSite=strict", "Path=/", f"Max-Age={LONGEST}"):
        assert word in told
    assert "Domain" not in told
    stored = await house.store._look(lambda db: db.execute("SELECT mark FROM sessions").fetchall())
    assert browser.cookie.encode() not in stored[0][0]


@pytest.mark.parametrize("wrong", ["name", "password", "code", "disabled", "invited"])
async def test_whatever_is_wrong_is_answered_alike(house: House, wrong: str) -> None:
    """One answer, so that nothing tells which part was wrong; no cookie comes with it."""
    await house.hires(AN, "agent")
    if wrong == "disabled":
        await staff.disable(house.store, AN, house.clock.now(), "operator")
    if wrong == "invited":
        await staff.reset(house.store, AN, house.clock.now(), lambda n: b"x" * n, "operator")
    answer = await (await house.browser()).signs_in(
        "nobody" if wrong == "name" else AN,
        "another one" if wrong == "password" else PASSWORD,
        "000000" if wrong == "code" else "",
    )
    assert answer.status_code == 422
    assert "Tên, mật khẩu hoặc mã chưa đúng" in answer.text
    assert "set-cookie" not in answer.headers
    assert PASSWORD not in answer.text


async def test_a_code_is_taken_once(house: House) -> None:
    """The same code, also with blanks in it, and earlier ones are refused; a newer one is fine."""
    await house.hires(AN, "agent")
    code = house.code()
    assert (await (await house.browser()).signs_in(AN, code=code)).status_code == 303
    for again in (code, f" {code[:3]} {code[3:]}", house.code(-1)):
        assert (await (await house.browser()).signs_in(AN, code=again)).status_code == 422
    assert (await (await house.browser()).signs_in(AN, code=house.code(1))).status_code == 303


async def test_a_clock_may_be_off_by_one_step(house: House) -> None:
    """The code before and the next are right, farther ones are not."""
    await house.hires(AN, "agent")
    for ahead, status in ((-2, 422), (2, 422), (-1, 303), (1, 303)):
        answer = await (await house.browser()).signs_in(AN, code=house.code(ahead))
        assert answer.status_code == status, ahead


async def test_tries_are_counted_before_they_are_compared(house: House) -> None:
    """After five wrong ones in five minutes the right one is refused, for unknown names alike."""
    await house.hires(AN, "agent")
    for name in (AN, "nobody"):
        browser = await house.browser()
        for _ in range(5):
            assert (await browser.signs_in(name, "wrong")).status_code == 422
        answer = await browser.signs_in(name)
        assert answer.status_code == 429
        assert "Thử lại sau 09:0" in answer.text
    house.clock.pass_(310)
    assert (await (await house.browser()).signs_in(AN)).status_code == 303


async def test_everybody_together_is_limited(house: House) -> None:
    """Guessing many names at once meets a limit of its own."""
    browser = await house.browser()
    for number in range(FOR_ALL[0].n):
        await browser.signs_in(f"name{number}", code="1")
    assert (await browser.signs_in("another")).status_code == 429


@pytest.mark.parametrize("seconds", [IDLE, LONGEST])
async def test_a_session_ends_by_itself(house: House, seconds: int) -> None:
    """Nobody at it for 30 minutes, or 12 hours with somebody."""
    an = await house.signed_in(AN, "agent")
    for _ in range((seconds - 10) // 1000):
        house.clock.pass_(1000)
        assert (await an.sees()).status_code == 200
    house.clock.pass_(IDLE + 1 if seconds == IDLE else 1000)
    assert (await an.sees()).status_code == 303


async def test_what_the_browser_asks_by_itself_keeps_nothing_alive(house: House) -> None:
    """A page that draws itself anew is nobody at it."""
    await house.hears("xin chào")
    part = f"/conversation/{names.hidden(house.parts.key, 'telegram:7')}/part"
    an = await house.signed_in(AN, "agent")
    for _ in range(2):
        house.clock.pass_(IDLE / 2 - 1)
        assert (await an.sees(part)).status_code == 200
    house.clock.pass_(5)
    answer = await an.client.get(part, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in"


async def test_sign_out_everywhere(house: House) -> None:
    """All of one's sessions end, nobody else's."""
    one = await house.signed_in(AN, "agent")
    binh = await house.signed_in("binh.tran", "agent")
    house.clock.pass_(60)
    two = await house.browser()
    assert (await two.signs_in(AN)).status_code == 303
    await two.posts("/sign-out-everywhere")
    assert [(await one.sees()).status_code, (await binh.sees()).status_code] == [303, 200]


@pytest.mark.parametrize("done", ["disabled", "reset", "another role"])
async def test_a_session_ends_with_the_right_to_it(house: House, done: str) -> None:
    """Whoever is disabled, reset or given another role is out at the next request."""
    an, now = await house.signed_in(AN, "agent"), house.clock.now()
    if done == "disabled":
        await staff.disable(house.store, AN, now, "operator")
    else:
        role = "viewer" if done == "another role" else ""
        await staff.reset(house.store, AN, now, house.engine.desk.random, "operator", role)
    assert (await an.sees()).status_code == 303


async def test_where_one_wanted_to_go(house: House) -> None:
    """Signing in leads back, to pages of ours alone."""
    await house.hires(AN, "agent")
    browser = await house.browser()
    assert (await browser.sees("/account")).headers["location"] == "/sign-in?next=/account"
    for wanted, led in (
        ("/account", "/account"),
        ("https://evil.test/", "/"),
        ("//evil.test/", "/"),
        ("/\\evil.test", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
    ):
        house.clock.pass_(60)
        fresh = await house.browser()
        form = {"name": AN, "password": PASSWORD, "code": house.code(), "next": wanted}
        answer = await fresh.client.post("/sign-in", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, led)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": SITE}, 303),
        ({"Origin": SITE, "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": SITE, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": SITE, "Sec-Fetch-Site": "same-site"}, 403),
        ({}, 403),
    ],
)
async def test_posts_from_elsewhere(house: House, headers: dict[str, str], status: int) -> None:
    """Only a page of ours can post; and only with the mark of this session."""
    an = await house.signed_in(AN, "agent")
    mark = await an.mark()
    del an.client.headers["Origin"]
    answer = await an.client.post("/sign-out", data={"csrf": mark}, headers=headers)
    assert answer.status_code == status


async def test_the_mark_of_another_session(house: House) -> None:
    """A form needs the mark of its own session; none, a wrong one or another's is refused."""
    an = await house.signed_in(AN, "agent")
    other = await (await house.signed_in("binh.tran", "agent")).mark()
    for mark in ("", "0" * 32, other):
        assert (await an.client.post("/sign-out", data={"csrf": mark})).status_code == 403
    assert (await an.sees()).status_code == 200
    answer = await an.client.post("/sign-out", headers={"X-CSRF": await an.mark()})
    assert answer.status_code == 303


async def test_a_stream_of_nobody(house: House) -> None:
    """A stream that asks again after the end is told so, and not led to a page."""
    headers = {"Accept": "text/event-stream"}
    answer = await (await house.browser()).client.get("/live", headers=headers)
    assert (answer.status_code, answer.text) == (401, "")


@pytest.mark.parametrize(
    ("role", "led"),
    [("agent", "/"), ("viewer", "/"), ("admin", "/operations"), ("auditor", "/audit")],
)
async def test_the_first_page_is_one_of_theirs(house: House, role: str, led: str) -> None:
    """Whoever may not see the inbox begins with what they may see."""
    await house.hires(AN, role)
    answer = await (await house.browser()).signs_in(AN)
    assert answer.headers["location"] == led
