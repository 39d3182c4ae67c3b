"""Who may post to the one-time page, and what a form is."""

import logging
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message

from bot.web.app import web_app
from tests.bot.web.citizen import PASSWORD, SITE, Citizen

FORM = b"application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, False),
        ({"origin": SITE}, True),
        ({"origin": "null"}, True),
        ({"origin": "https://evil.test"}, False),
        ({"origin": SITE, "host": "127.0.0.1:8080"}, True),
        ({"origin": "http://127.0.0.1:8080", "host": "127.0.0.1:8080"}, True),
    ],
)
async def test_only_our_own_form_may_post(
    citizen: Citizen, headers: dict[str, str], *, taken: bool
) -> None:
    """A form on another site is refused, by new browsers' word and by old ones'."""
    path = await citizen.ask_for_link()
    form = {"first": PASSWORD, "second": PASSWORD}
    answer = await citizen.browser.post(path, data=form, headers=headers)
    assert answer.status_code == (200 if taken else 403)
    assert ((await citizen.member()).password_hash != "") is taken


async def test_a_form_that_is_none_is_refused(citizen: Citizen) -> None:
    """Too much, too many fields, files or no length at all: an error, never a password."""
    path = await citizen.ask_for_link()
    post = citizen.browser.post
    many = {f"f{n}": "x" for n in range(20)}
    file = {"first": ("a.txt", b"trau vang uong nuoc")}
    assert (await post(path, data={"first": "x" * 100_000})).status_code == 413
    assert (await post(path, data=many)).status_code == 400
    assert (await post(path, files=file)).status_code == 400
    assert (await post(path, content=parts())).status_code == 413
    assert (await post(path, headers={"content-length": "9" * 5000})).status_code == 413
    assert (await post(path, json={"first": PASSWORD, "second": PASSWORD})).status_code == 422
    assert (await citizen.member()).password_hash == ""


async def test_who_hangs_up_while_posting_changes_nothing(
    citizen: Citizen, caplog: pytest.LogCaptureFixture
) -> None:
    """A connection that breaks off is no error of ours and uses nothing up."""
    path = await citizen.ask_for_link()
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b""}
    scope |= {"headers": [(b"content-length", b"30"), (b"content-type", FORM)]}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await web_app(citizen.engine)(scope, receive, send)
    assert sent[0]["status"] == 400
    assert not [line for line in caplog.records if line.levelno >= logging.WARNING]
    assert (await citizen.choose(path)).status_code == 200


async def parts() -> AsyncIterator[bytes]:
    """A body without a length."""
    yield b"first=trau+vang+uong+nuoc"
