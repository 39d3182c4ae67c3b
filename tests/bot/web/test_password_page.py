"""The one-time page, from the link in the SMS to the password in the registry."""

import asyncio
import logging
import sqlite3

import pytest

from bot import passwords
from bot.web import rules
from storage.base import Page
from tests.bot.web.citizen import PASSWORD, Citizen

UNKNOWN = "/p/AAAAAAAAAAAAAAAAAAAAAA"


async def dumped(citizen: Citizen) -> str:
    """Everything that lies in the store, as it lies there."""

    def lines(db: sqlite3.Connection) -> str:
        return "\n".join(db.iterdump())

    return await citizen.store._look(lines)


async def test_a_password_is_chosen(citizen: Citizen) -> None:
    """The link opens a form; what is chosen there is kept hashed, and everybody is told."""
    path = await citizen.ask_for_link()
    form = await citizen.browser.get(path)
    assert form.status_code == 200
    assert "<form" in form.text
    before = len(citizen.mail.letters)
    answer = await citizen.choose(path)
    assert answer.status_code == 200
    assert "Đã đặt mật khẩu mới" in answer.text
    await citizen.receive()
    member = await citizen.member()
    assert member.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert rules.fits(member.password_hash, PASSWORD)
    assert (member.password_until, member.must_change) == (None, False)
    assert "Mật khẩu mới đã được đặt" in citizen.newest_bubble()
    assert "vua duoc lay lai" in citizen.newest_sms()
    assert len(citizen.mail.letters) == before + 1
    assert (await citizen.where()).flow == ""


async def test_a_page_works_once(citizen: Citizen) -> None:
    """After its use neither the form nor a post does anything any more."""
    path = await citizen.ask_for_link()
    await citizen.choose(path)
    kept = (await citizen.member()).password_hash
    again = await citizen.choose(path, "another good passphrase")
    assert (await citizen.browser.get(path)).status_code == again.status_code == 410
    assert "không còn dùng được" in again.text
    assert (await citizen.member()).password_hash == kept


async def test_two_posts_at_once_are_one(citizen: Citizen) -> None:
    """Of parallel posts exactly one succeeds, and its password is the one that counts."""
    path = await citizen.ask_for_link()
    words = [f"con cò bay lả bay la {n}" for n in range(3)]
    answers = await asyncio.gather(*(citizen.choose(path, word) for word in words))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410]
    kept = (await citizen.member()).password_hash
    winner = [answer.status_code for answer in answers].index(200)
    assert rules.fits(kept, words[winner])


async def test_a_page_lapses(citizen: Citizen) -> None:
    """After fifteen minutes the link is worthless, for looking as for posting."""
    path = await citizen.ask_for_link()
    citizen.clock.pass_(15 * 60)
    assert (await citizen.browser.get(path)).status_code == 410
    assert (await citizen.choose(path)).status_code == 410
    assert (await citizen.member()).password_hash == ""


async def test_a_page_of_another_run_is_void(citizen: Citizen) -> None:
    """Who has stopped the procedure, or begun anew, cannot use the old link."""
    path = await citizen.ask_for_link()
    await citizen.write("/huy")
    await citizen.write("dừng hẳn")
    assert (await citizen.choose(path)).status_code == 410
    await citizen.write("/quenmatkhau")
    assert (await citizen.choose(path)).status_code == 410
    assert (await citizen.member()).password_hash == ""


async def test_a_page_for_something_else_sets_no_password(citizen: Citizen) -> None:
    """Only pages made for choosing a password open here."""
    path = await citizen.ask_for_link()
    now = citizen.clock.now()
    async with citizen.store.unit(now=now) as unit:
        mine = passwords.token_hash(path.removeprefix("/p/"))
        page = (await unit.pages([mine]))[mine]
        other = passwords.token_hash("other")
        await unit.save_pages(
            [Page(other, page.chat, page.run, page.account, "something", now + 900)]
        )
    assert (await citizen.browser.get("/p/other")).status_code == 410
    assert (await citizen.choose("/p/other")).status_code == 410


async def test_unknown_used_and_lapsed_pages_look_alike(citizen: Citizen) -> None:
    """The answer does not tell whether a link ever was one."""
    used = await citizen.ask_for_link()
    await citizen.choose(used)
    answers = [
        (answer.status_code, answer.text, sorted(answer.headers.items()))
        for path in (used, UNKNOWN, "/p/x", "/p/%FF%00", "/p/" + "a" * 2000)
        for answer in (await citizen.browser.get(path), await citizen.choose(path))
    ]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 410


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("", "", "chưa gõ mật khẩu"),
        ("ngắnq", "ngắnq", "ngắn quá"),
        (PASSWORD, PASSWORD + "!", "chưa giống nhau"),
        (PASSWORD, "", "chưa giống nhau"),
        ("0900000101", "0900000101", "chỉ có số"),
        ("VssID@2026", "VssID@2026", "ai cũng nghĩ tới"),
        ("P@ssw0rd1", "P@ssw0rd1", "dễ đoán"),
        ("x" * 257, "x" * 257, "dài quá"),
    ],
)
async def test_a_refused_password_is_explained(
    citizen: Citizen, first: str, second: str, says: str
) -> None:
    """The mend is named, nothing typed comes back, and the page stays good."""
    path = await citizen.ask_for_link()
    answer = await citizen.choose(path, first, second)
    assert answer.status_code == 422
    assert says in answer.text
    assert "<title>Lỗi: " in answer.text
    assert " value=" not in answer.text
    assert not first or first not in answer.text
    assert (await citizen.member()).password_hash == ""
    assert (await citizen.choose(path)).status_code == 200


async def test_ten_posts_are_enough(citizen: Citizen) -> None:
    """From the eleventh on a page takes nothing, not even a good password."""
    path = await citizen.ask_for_link()
    for _ in range(10):
        assert (await citizen.choose(path, "short")).status_code == 422
    worn = await citizen.choose(path)
    assert worn.status_code == 429
    assert "gửi lại" in worn.text
    assert (await citizen.member()).password_hash == ""
    citizen.clock.pass_(60)
    await citizen.write("gửi lại")
    assert (await citizen.choose(citizen.link())).status_code == 200


async def test_the_page_speaks_the_chats_language(citizen: Citizen) -> None:
    """English after an English chat; whoever wants the other language presses once."""
    await citizen.write("/english")
    path = await citizen.ask_for_link()
    page = await citizen.browser.get(path)
    assert '<html lang="en">' in page.text
    assert '<html lang="vi">' in (await citizen.browser.get(path + "?lang=vi")).text
    assert '<html lang="en">' in (await citizen.choose(path, "short")).text
    assert "Choose a new" not in (await citizen.browser.get(path + "?lang=xx")).text


async def test_letters_can_be_seen_while_typing(citizen: Citizen) -> None:
    """Without any script: the page is loaded with open fields, and stays so after an error."""
    path = await citizen.ask_for_link()
    hidden, shown = await citizen.browser.get(path), await citizen.browser.get(path + "?show=1")
    refused = await citizen.choose(path + "?show=1", "short")
    assert (hidden.text.count('type="password"'), hidden.text.count('type="text"')) == (2, 0)
    assert (shown.text.count('type="password"'), shown.text.count('type="text"')) == (0, 2)
    assert refused.text.count('type="text"') == 2
    assert "<script" not in hidden.text + shown.text


async def test_a_database_that_is_down_is_said_so(citizen: Citizen) -> None:
    """Nothing was changed, and the link can be used later."""
    path = await citizen.ask_for_link()
    await citizen.store.close()
    for answer in (await citizen.browser.get(path), await citizen.choose(path)):
        assert answer.status_code == 503
        assert "thử lại sau ít phút" in answer.text


async def test_no_secret_is_left_behind(
    citizen: Citizen, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither password nor token are in a log line or the store; the hash is in one place."""
    caplog.set_level(logging.DEBUG)
    path = await citizen.ask_for_link()
    await citizen.choose(path, "short", "canary-1-canary")
    await citizen.choose(path, "canary-2-canary")
    await citizen.receive()
    kept = (await citizen.member()).password_hash
    assert rules.fits(kept, "canary-2-canary")
    # The test's own client logs what it asks for.
    logged = "\n".join(line.getMessage() for line in caplog.records if line.name != "httpx")
    heard = await citizen.transcript()
    everything = "\n".join((logged, await dumped(citizen), *heard))
    assert "canary" not in everything
    assert path.removeprefix("/p/") not in everything
    assert "argon2" not in logged
    assert not any("argon2" in line for line in heard)
    assert heard[-1] == "……"


async def test_what_was_proved_stays_while_the_page_is_open(citizen: Citizen) -> None:
    """A correction after the right code changes nothing: the page still sets the password."""
    path = await citizen.ask_for_link()
    await citizen.write("nhầm, số căn cước là 079085000001")
    answer = await citizen.choose(path)
    assert answer.status_code == 200
    assert (await citizen.member()).password_hash != ""


async def test_a_page_that_no_step_waits_for_is_not_used(citizen: Citizen) -> None:
    """Who stopped meanwhile is not told that a password was set."""
    path = await citizen.ask_for_link()
    await citizen.write("hủy")
    await citizen.write("dừng hẳn")
    answer = await citizen.choose(path)
    assert answer.status_code == 410
    assert (await citizen.member()).password_hash == ""
