"""Open one-time pages end when their account is changed elsewhere (R22), and say what to do."""

import re
from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace

from tests.bot.web.citizen import ACCOUNT, PASSWORD, Citizen
from tests.bot.web.test_sign_in import OTHER, asks_for_page, has_password, newest_page, types

OWNER = "web:owner"
CODE = re.compile(r"(?<![\d-])\d{6}(?![\d-])")
BY_SMS, BY_MAIL = "the code by SMS", "the code by e-mail"


async def walk(citizen: Citizen, chat: str, *words: str) -> str:
    """Say this in a chat, with codes where one is named; the last bubble."""
    citizen.clock.pass_(61)
    for word in words:
        if word in (BY_SMS, BY_MAIL):
            box = citizen.phone if word == BY_SMS else citizen.mail
            codes = [CODE.search(str(letter.body)) for letter in box.letters]
            newest = [code for code in codes if code][-1]
            await citizen.write(newest[0], chat)
        else:
            await citizen.write(word, chat)
    return citizen.newest_bubble(chat)


async def asks_for_form(citizen: Citizen, chat: str, *anyway: str) -> str:
    """Ask for a new book, up to the link to the form; its path. anyway: said where one is open."""
    asked = ("/caplai", "sổ bhxh", *anyway, "bị mất", "1", "đồng ý", ACCOUNT, BY_SMS, "1", "1")
    # What the form needs is on file, so that little is asked.
    person = replace((await citizen.member()).person, full_name="An", birth_date="1960-03-12")
    await citizen.store.add_members([person])
    await walk(citizen, chat, *asked)
    await walk(citizen, chat, "gửi")
    await walk(citizen, chat, BY_SMS)
    return newest_page(citizen, chat)


async def freezes(citizen: Citizen) -> None:
    """Stop the account, with a code."""
    said = await walk(citizen, OWNER, "khóa", "đồng ý", ACCOUNT, BY_SMS)
    assert said.startswith("Đã khóa")


async def chooses_a_password(citizen: Citizen) -> None:
    """Choose another password by a link in an SMS."""
    await walk(citizen, OWNER, "/quenmatkhau", "1", ACCOUNT, "0900000101", BY_SMS)
    assert (await citizen.choose(citizen.link())).status_code == 200


async def changes_the_email(citizen: Citizen) -> None:
    """Give the account another e-mail, with codes to both sides."""
    asked = ("thêm email", "đồng ý", ACCOUNT, BY_SMS, "n@example.com", "ghi nhận", BY_MAIL)
    await walk(citizen, OWNER, *asked)
    assert (await citizen.member()).person.email == "n@example.com"


async def takes_it_back(citizen: Citizen) -> None:
    """Undo the change of the e-mail, with the code of the notice, in a chat of nobody's."""
    letters = [str(letter.body) for letter in citizen.mail.letters]
    undo = [found for text in letters if (found := re.search(r"KHÔNG [A-Z0-9]{10}", text))]
    await walk(citizen, "web:anybody", undo[-1][0])
    assert (await citizen.member()).state == "frozen"


CHANGES = [freezes, chooses_a_password, changes_the_email, takes_it_back]


each_change = pytest.mark.parametrize("change", CHANGES)


@each_change
async def test_a_change_ends_sign_in_pages(
    citizen: Citizen, change: Callable[[Citizen], Awaitable[None]]
) -> None:
    """Whoever has one of this account open can sign in no more; those of others stay good."""
    await has_password(citizen)
    await has_password(citizen, account=OTHER)
    if change is takes_it_back:
        await changes_the_email(citizen)
    page = await asks_for_page(citizen, chat="web:stranger")
    others = await asks_for_page(citizen, OTHER, "web:neighbour")
    opened = [await citizen.browser.get(path) for path in (page, others)]
    assert [answer.status_code for answer in opened] == [200, 200]
    await change(citizen)
    ended = [await citizen.browser.get(page), await types(citizen, page, PASSWORD)]
    assert [answer.status_code for answer in ended] == [410, 410]
    assert all("không còn dùng được" in answer.text for answer in ended)
    assert (await types(citizen, others, PASSWORD)).status_code == 200


@each_change
async def test_a_change_ends_forms(
    citizen: Citizen, change: Callable[[Citizen], Awaitable[None]]
) -> None:
    """What is filled in with the account's data opens no more."""
    if change is takes_it_back:
        await changes_the_email(citizen)
    form = await asks_for_form(citizen, "web:form")
    assert (await citizen.browser.get(form)).headers["content-type"] == "application/pdf"
    await change(citizen)
    assert (await citizen.browser.get(form)).status_code == 410


async def test_a_page_to_choose_a_password_ends_too(citizen: Citizen) -> None:
    """Whoever got hold of a link can do nothing with it once the owner has stopped the account."""
    path = await citizen.ask_for_link()
    await freezes(citizen)
    assert (await citizen.browser.get(path)).status_code == 410
    assert (await citizen.choose(path)).status_code == 410
    assert (await citizen.member()).password_hash == ""


async def test_what_is_gone_says_where_to_get_another(citizen: Citizen) -> None:
    """The words that it names do what it says: another page, which works."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    citizen.clock.pass_(15 * 60)
    gone = await citizen.browser.get(path)
    assert gone.status_code == 410
    assert "“gửi lại”" in gone.text
    assert "“send again”" in (await citizen.browser.get(f"{path}?lang=en")).text
    await citizen.write("gửi lại")
    assert (await types(citizen, newest_page(citizen), PASSWORD)).status_code == 200


async def test_a_form_is_seen_again_by_asking_again(citizen: Citizen) -> None:
    """Whoever comes late to a form is told how to see it, and nothing is sent a second time."""
    chat = "web:form"
    form = await asks_for_form(citizen, chat)
    sent = re.findall(r"HS-[\w-]+", citizen.newest_bubble(chat))
    citizen.clock.pass_(60 * 60)
    gone = await citizen.browser.get(form)
    assert gone.status_code == 410
    assert "“gửi lại”" not in gone.text
    assert "không gửi hồ sơ thứ hai" in gone.text
    assert "no second request" in (await citizen.browser.get(f"{form}?lang=en")).text
    again = await asks_for_form(citizen, chat, "2")
    assert re.findall(r"HS-[\w-]+", citizen.newest_bubble(chat)) == sent
    assert len(sent) == 1
    assert (await citizen.browser.get(again)).headers["content-type"] == "application/pdf"


# --- 410 is for pages, 429 for those who try too often ---------------------------------


@pytest.mark.parametrize("left", [("quay lại",), ("hủy", "dừng hẳn"), ("/quenmatkhau",)])
async def test_a_page_whose_question_is_not_open(citizen: Citizen, left: tuple[str, ...]) -> None:
    """Who has gone elsewhere in the chat is told so, when looking and when typing."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    for text in left:
        await citizen.write(text)
    answers = [await citizen.browser.get(path), await types(citizen, path, PASSWORD)]
    assert [answer.status_code for answer in answers] == [410, 410]


async def test_a_worn_account_is_429_and_says_until_when(citizen: Citizen) -> None:
    """A new link mends nothing there, so none is offered before a day is over."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    for n in range(10):
        assert (await types(citizen, path, f"wrong {n}")).status_code == 422
    worn = await types(citizen, path, PASSWORD)
    assert worn.status_code == 429
    assert "24 giờ" in worn.text
    citizen.clock.pass_(25 * 3600)
    await citizen.write("gửi lại")
    await citizen.write("gửi lại")
    assert (await types(citizen, newest_page(citizen), PASSWORD)).status_code == 200


async def test_a_worn_page_that_ends_is_gone(citizen: Citizen) -> None:
    """Once it is over, how often it was tried does not matter any more."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    for n in range(11):
        await types(citizen, path, f"wrong {n}")
    await walk(citizen, citizen.chat, "hủy", "dừng hẳn")
    assert (await types(citizen, path, PASSWORD)).status_code == 410
