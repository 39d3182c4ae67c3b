"""Every role on every route, and what answers carry whoever asks."""

import pytest

from bot.console.app import HEADERS, TABLE
from bot.console.frame import Route
from bot.console.roles import HOLDERS, ROLES, may
from tests.bot.console.house import Browser, House

FILLED = {
    "token": "never",
    "name": "never",
    "ref": "never",
    "paper": "never",
    "number": "1",
    "turn": "1",
    "guide": "never",
}
each_route = pytest.mark.parametrize("route", TABLE, ids=lambda it: f"{it.method} {it.path}")


def path_of(route: Route) -> str:
    path = route.path
    for name, value in FILLED.items():
        path = path.replace(f"{{{name}}}", value)
    return path


async def asks(browser: Browser, route: Route, mark: str) -> int:
    """The status of this route; a stream ends by itself once its session is gone."""
    if route.method == "POST":
        answer = await browser.client.post(path_of(route), data={"csrf": mark})
    else:
        answer = await browser.client.get(path_of(route))
    return answer.status_code


@each_route
@pytest.mark.parametrize("role", ROLES)
async def test_every_role_on_every_route(house: House, route: Route, role: str) -> None:
    """Who has the right gets through, who has not is refused, and nothing fails."""
    browser = await house.signed_in("an.nguyen", role)
    mark = await browser.mark()
    if route.path == "/live":
        house.parts.live.close()
        if may(role, route.right):
            return  # test_live.py
    status = await asks(browser, route, mark)
    assert status < 500
    assert (status == 403) == (not may(role, route.right))


@each_route
async def test_strangers(house: House, route: Route) -> None:
    """Without a session there is nothing but the way to sign in."""
    browser = await house.browser()
    if route.right != "anyone":
        answer = await browser.client.request(route.method, path_of(route))
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("path", ["/sign-in", "/", "/none", "/static/console.css", "/enrol/none"])
async def test_headers(house: House, path: str) -> None:
    """Every answer, errors too, lets a browser do as little as possible."""
    answer = await (await house.browser()).sees(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_every_right_is_held() -> None:
    """A right that nobody holds is a page that nobody sees; each role holds something."""
    assert all(HOLDERS.values())
    assert all(may(role, "self") for role in ROLES)
    assert not may("admin", "look")
    assert not may("nobody", "self")


async def test_reading_changes_nothing(house: House) -> None:
    """A page that is only looked at leaves the audit chain as it was."""
    an = await house.signed_in("an.nguyen", "supervisor")
    before = await house.acts()
    for route in TABLE:
        if route.method == "GET" and route.path != "/live":
            await an.sees(path_of(route))
    assert await house.acts() == before
