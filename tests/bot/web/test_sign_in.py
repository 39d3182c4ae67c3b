"""The one-time page that asks for the present password, as proof of the account (C04)."""

import asyncio
import logging
import re
from collections import Counter

import httpx
import pytest
from msgspec.structs import replace

from bot import passwords
from bot.due import raise_due
from bot.web import rules
from storage.base import Page, Password, Standing
from tests.bot.web.citizen import ACCOUNT, EMAIL, PASSWORD, PHONE, SITE, Citizen
from tests.bot.web.test_password_page import dumped

NOBODY = "7999999999"
OTHER, OTHER_PHONE = "7900000002", "+84900000102"
TEMPORARY = "k7mp-3hxd-w9qr"
NEW = "mau.moi@example.com"
HOUR = 3600
HASHED = rules.hashed(PASSWORD)
REFUSED = (410, 429)


async def has_password(
    citizen: Citizen, hashed: str = HASHED, until: float | None = None, account: str = ACCOUNT
) -> None:
    """Give the account this password."""
    row = Password(citizen.store.index("bhxh", account), hashed, until, must_change=False)
    async with citizen.store.unit(now=citizen.clock.now()) as unit:
        await unit.set_passwords([row])


async def asks_for_page(citizen: Citizen, account: str = ACCOUNT, chat: str = "") -> str:
    """Walk a procedure up to the page, a minute after whoever did so before; its path."""
    citizen.clock.pass_(61)
    for text in ("thêm email", "đồng ý", account, "dùng mật khẩu"):
        await citizen.write(text, chat)
    return newest_page(citizen, chat)


def newest_page(citizen: Citizen, chat: str = "") -> str:
    """The path in the newest bubble."""
    found = re.search(rf"{SITE}(/p/[\w-]+)", citizen.newest_bubble(chat))
    assert found
    return found[1]


async def types(citizen: Citizen, path: str, password: str) -> httpx.Response:
    """Type a password on the page; what the bot then says has arrived."""
    answer = await citizen.browser.post(path, data={"first": password})
    await citizen.receive()
    return answer


async def states(citizen: Citizen) -> dict[str, str]:
    """Where every chat stands."""
    rows = await citizen.store._look(
        lambda db: db.execute("SELECT chat, state FROM conversations").fetchall()
    )
    return dict(rows)


async def test_the_right_password_leads_on(citizen: Citizen) -> None:
    """The chat goes on by itself, at the question after the proof."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    form = await citizen.browser.get(path)
    assert form.status_code == 200
    assert form.text.count('type="password"') == 1
    assert 'autocomplete="current-password"' in form.text
    answer = await types(citizen, path, PASSWORD)
    assert answer.status_code == 200
    assert "Đúng mật khẩu" in answer.text
    assert citizen.newest_bubble().startswith("Bước 3/4")
    assert (await states(citizen))[citizen.chat] == "email"


async def test_it_works_once(citizen: Citizen) -> None:
    """After its use the page is gone, for looking as for posting; the chat hears nothing more."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    await types(citizen, path, PASSWORD)
    told = len(citizen.chats.letters)
    answers = [await citizen.browser.get(path), await types(citizen, path, PASSWORD)]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert len(citizen.chats.letters) == told


async def test_five_right_posts_at_once_are_one(citizen: Citizen) -> None:
    """Of parallel posts exactly one leads on."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    answers = await asyncio.gather(*(types(citizen, path, PASSWORD) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410, 410]
    assert sum("Bước 3/4" in str(each.body) for each in citizen.chats.letters) == 1


@pytest.mark.parametrize("typed", ["", "x", PASSWORD + "!", PASSWORD.title(), "\x00", "x" * 257])
async def test_a_wrong_password_changes_nothing(citizen: Citizen, typed: str) -> None:
    """It is said to be wrong, nothing typed comes back, and the chat stays where it is."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    answer = await types(citizen, path, typed)
    assert answer.status_code == 422
    assert " value=" not in answer.text
    assert len(typed) < 2 or typed not in answer.text
    assert (await states(citizen))[citizen.chat] == "sign_in"
    assert (await types(citizen, path, PASSWORD)).status_code == 200


async def test_it_only_compares(citizen: Citizen) -> None:
    """Whatever is posted here, the account's password stays what it is."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    form = {"first": "con cò bay lả bay la", "second": "con cò bay lả bay la"}
    assert (await citizen.browser.post(path, data=form)).status_code == 422
    assert (await citizen.member()).password_hash == HASHED


@pytest.mark.parametrize(("late", "status"), [(-1, 200), (1, 422)])
async def test_a_temporary_password_until_it_lapses(
    citizen: Citizen, late: float, status: int
) -> None:
    """A password that was sent proves the account until a second before its end."""
    hashed = passwords.hash_temporary(citizen.engine.desk.keys.password, TEMPORARY)
    until = citizen.clock.now() + 24 * HOUR
    await has_password(citizen, hashed, until)
    citizen.clock.reach(until - 600)
    path = await asks_for_page(citizen)
    citizen.clock.reach(until + late)
    assert (await types(citizen, path, TEMPORARY)).status_code == status


@pytest.mark.parametrize("stored", ["", "hmac$"])
async def test_an_account_without_a_password(citizen: Citizen, stored: str) -> None:
    """No password, or what is none, is never right."""
    await has_password(citizen, stored)
    path = await asks_for_page(citizen)
    for typed in (stored, "nobody has this password", PASSWORD):
        assert (await types(citizen, path, typed)).status_code == 422


@pytest.mark.parametrize("state", ["frozen", "cancelled"])
async def test_an_account_that_is_stopped(citizen: Citizen, state: str) -> None:
    """Of an account that is frozen or cancelled the right password is as wrong as any."""
    await has_password(citizen)
    account = citizen.store.index("bhxh", ACCOUNT)
    async with citizen.store.unit(now=citizen.clock.now()) as unit:
        await unit.set_standings([Standing(account, state, citizen.clock.now())])
    path = await asks_for_page(citizen)
    assert (await types(citizen, path, PASSWORD)).status_code == 422
    assert (await states(citizen))[citizen.chat] == "sign_in"


# --- how often ------------------------------------------------------------------------


async def test_fifty_wrong_posts_at_once(citizen: Citizen) -> None:
    """Ten are compared, the others are not; after them the right one is not, either (R07)."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    posts = (types(citizen, path, f"wrong {n}") for n in range(50))
    answers = Counter(answer.status_code for answer in await asyncio.gather(*posts))
    assert answers == {422: 10, 429: 40}
    assert (await types(citizen, path, PASSWORD)).status_code == 429
    await citizen.write("gửi lại")
    another = newest_page(citizen)
    assert another != path
    assert (await types(citizen, another, PASSWORD)).status_code == 429
    assert (await states(citizen))[citizen.chat] == "sign_in"


async def test_wrong_passwords_of_many_chats(citizen: Citizen) -> None:
    """They count on the account, wherever they are typed: ten for chats it does not know."""
    await has_password(citizen)
    paths = [await asks_for_page(citizen, chat=f"web:{n}") for n in range(3)]
    posts = [types(citizen, path, f"wrong {n}") for n in range(10) for path in paths]
    answers = Counter(answer.status_code for answer in await asyncio.gather(*posts))
    assert answers == {422: 10, 429: 20}
    # A code is no way around it: the same guesses are gone there, too.
    citizen.clock.pass_(3600)
    await citizen.write("thêm email", "web:9")
    await citizen.write("đồng ý", "web:9")
    await citizen.write(ACCOUNT, "web:9")
    await citizen.write(citizen.newest_sms()[:6], "web:9")
    assert (await states(citizen))["web:9"] == ""
    assert "tạm dừng" in citizen.newest_bubble("web:9")


async def test_other_accounts_are_not_held_back(citizen: Citizen) -> None:
    """Whoever guesses at one account leaves the others alone."""
    await has_password(citizen)
    await has_password(citizen, account=OTHER)
    path = await asks_for_page(citizen, chat="web:stranger")
    for n in range(12):
        await types(citizen, path, f"wrong {n}")
    owners = await asks_for_page(citizen, OTHER, "web:owner")
    assert (await types(citizen, owners, PASSWORD)).status_code == 200


# --- whose page it is -----------------------------------------------------------------


async def test_an_unknown_account_gets_the_same_page(citizen: Citizen) -> None:
    """Form, refusals and limits look the same, and the database does the same for nobody."""
    await has_password(citizen)
    seen, done = [], []
    for number, account in enumerate((ACCOUNT, NOBODY)):
        path = await asks_for_page(citizen, account, f"web:{number}")
        statements: list[str] = []
        await citizen.store._look(lambda db, to=statements: db.set_trace_callback(to.append))  # type: ignore[misc]
        answers = [await citizen.browser.get(path)]
        guesses = [{"first": f"wrong {n}"} for n in range(11)]
        answers += [await citizen.browser.post(path, data=guess) for guess in guesses]
        await citizen.store._look(lambda db: db.set_trace_callback(None))
        await citizen.receive()
        seen.append([(answer.status_code, answer.text) for answer in answers])
        # A notice to the owner of an account that was guessed at goes out of the prober's sight.
        did = (" ".join(text.split()[:3]) for text in statements)
        done.append([text for text in did if text != "INSERT INTO outbound"])
    assert seen[0] == seen[1]
    assert done[0] == done[1]
    assert {status for status, _ in seen[0]} == {200, 422, 429}


async def test_each_chat_has_its_own(citizen: Citizen) -> None:
    """A page leads on the chat it was made in, never another one."""
    await has_password(citizen)
    mine, yours = [await asks_for_page(citizen, chat=f"web:{n}") for n in range(2)]
    assert (await types(citizen, mine, PASSWORD)).status_code == 200
    assert await states(citizen) == {"web:0": "email", "web:1": "sign_in"}
    assert (await types(citizen, yours, PASSWORD)).status_code == 200


async def test_a_page_of_another_run(citizen: Citizen) -> None:
    """Who has stopped, gone back, or begun anew cannot use the old page."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    await citizen.write("quay lại")
    assert (await types(citizen, path, PASSWORD)).status_code in REFUSED
    await citizen.write("hủy")
    await citizen.write("dừng hẳn")
    assert (await types(citizen, path, PASSWORD)).status_code in REFUSED
    await asks_for_page(citizen)
    assert (await types(citizen, path, PASSWORD)).status_code in REFUSED
    assert (await states(citizen))[citizen.chat] == "sign_in"


async def test_a_page_of_another_account(citizen: Citizen) -> None:
    """Who has named another account meanwhile proves nothing with the first one's page."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    for text in ("quay lại", OTHER, "dùng mật khẩu"):
        await citizen.write(text)
    assert (await types(citizen, path, PASSWORD)).status_code in REFUSED
    assert (await types(citizen, newest_page(citizen), PASSWORD)).status_code == 422
    assert (await states(citizen))[citizen.chat] == "sign_in"


@pytest.mark.parametrize("forged", [{"chat": "web:b"}, {"run": 99}, {"account": b"?" * 16}])
async def test_a_forged_page(citizen: Citizen, forged: dict[str, object]) -> None:
    """A page that names another chat, run or account than its conversation's is refused."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    await asks_for_page(citizen, OTHER, "web:b")
    now = citizen.clock.now()
    async with citizen.store.unit(now=now) as unit:
        mine = passwords.token_hash(path.removeprefix("/p/"))
        page = (await unit.pages([mine]))[mine]
        other = replace(page, token_hash=passwords.token_hash("other"), **forged)
        await unit.save_pages([other])
    answer = await types(citizen, "/p/other", PASSWORD)
    assert answer.status_code in REFUSED
    assert set((await states(citizen)).values()) == {"sign_in"}


async def test_a_page_to_choose_a_password_proves_nothing(citizen: Citizen) -> None:
    """A link of another procedure does not stand in for this page."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    now = citizen.clock.now()
    async with citizen.store.unit(now=now) as unit:
        mine = passwords.token_hash(path.removeprefix("/p/"))
        page = (await unit.pages([mine]))[mine]
        token = passwords.token_hash("chosen")
        choose = Page(token, page.chat, page.run, page.account, "password", now + 900)
        await unit.save_pages([choose])
    form = {"first": "con cò bay lả bay la", "second": "con cò bay lả bay la"}
    assert (await citizen.browser.post("/p/chosen", data=form)).status_code == 410
    assert (await citizen.member()).password_hash == HASHED


async def test_it_lapses(citizen: Citizen) -> None:
    """After fifteen minutes the page is gone."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    citizen.clock.pass_(15 * 60)
    assert (await citizen.browser.get(path)).status_code == 410
    assert (await types(citizen, path, PASSWORD)).status_code == 410


# --- what comes of it -----------------------------------------------------------------


async def test_what_a_password_alone_changes_is_held(citizen: Citizen) -> None:
    """Without a code to the old contact a new e-mail waits a day, and everybody hears of it."""
    await has_password(citizen)
    await types(citizen, await asks_for_page(citizen), PASSWORD)
    for text in (NEW, "ghi nhận"):
        await citizen.write(text)
    decided = citizen.clock.now()
    code = re.search(r"(?<!\d)\d{6}(?!\d)", str(citizen.mail.letters[-1].body))
    assert code
    before = len(citizen.phone.letters), len(citizen.mail.letters)
    await citizen.write(code[0])
    assert (await citizen.member()).person.email == EMAIL
    assert [letter.to for letter in citizen.phone.letters[before[0] :]] == [PHONE]
    assert [letter.to for letter in citizen.mail.letters[before[1] :]] == [EMAIL]
    turns, store = citizen.engine.turns, citizen.store
    assert await raise_due(turns, store, now=decided + 24 * HOUR - 60) == 0
    citizen.clock.reach(decided + 24 * HOUR + 60)
    assert await raise_due(turns, store, now=citizen.clock.now()) == 1
    assert (await citizen.member()).person.email == NEW


async def test_no_password_is_left_behind(
    citizen: Citizen, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a right nor a wrong password, nor the token, is in a log line or the store."""
    caplog.set_level(logging.DEBUG)
    await has_password(citizen, rules.hashed("canary-1-canary"))
    path = await asks_for_page(citizen)
    await types(citizen, path, "canary-2-canary")
    await types(citizen, path, "canary-1-canary")
    # The test's own client logs what it asks for.
    logged = "\n".join(line.getMessage() for line in caplog.records if line.name != "httpx")
    heard = await citizen.transcript()
    everything = "\n".join((logged, await dumped(citizen), *heard))
    assert "canary" not in everything
    assert path.removeprefix("/p/") not in "\n".join((logged, *heard))
    assert heard[-1] == "……"
