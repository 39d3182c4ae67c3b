"""What the owner of an account hears of passwords that strangers type on the page (C04, R20)."""

from collections import Counter

from tests.bot.web.citizen import ACCOUNT, EMAIL, PASSWORD, PHONE, Citizen
from tests.bot.web.test_sign_in import (
    NOBODY,
    OTHER,
    asks_for_page,
    has_password,
    newest_page,
    types,
)

DAY = 86_400
MOST = 10  # passwords that are compared for a chat that never proved the account


async def acts(citizen: Citizen, kind: str) -> list[tuple[str, bytes]]:
    """Who did this, and to which account, by the audit chain."""
    return await citizen.store._look(
        lambda db: db.execute("SELECT who, account FROM audit WHERE kind = ?", (kind,)).fetchall()
    )


async def again(citizen: Citizen, chat: str) -> str:
    """Ask for another page in the same place; its path."""
    await citizen.write("gửi lại", chat)
    return newest_page(citizen, chat)


async def guesses(citizen: Citizen, path: str, tries: int) -> Counter[int]:
    """Type that many wrong passwords, one after the other; how they were answered."""
    answers = [await types(citizen, path, f"wrong {n}") for n in range(tries)]
    return Counter(answer.status_code for answer in answers)


def told(citizen: Citizen) -> list[str]:
    """Where the notice of failed tries went, one entry a letter."""
    letters = [*citizen.phone.letters, *citizen.mail.letters, *citizen.chats.letters]
    words = ("Co nguoi go sai", "Có người gõ sai")
    return [each.to for each in letters if any(word in str(each.body) for word in words)]


async def test_the_owner_is_told_once_the_page_is_worn(citizen: Citizen) -> None:
    """With the last password that is compared, at every contact on file; once a day."""
    await has_password(citizen)
    path = await asks_for_page(citizen, chat="web:stranger")
    assert await guesses(citizen, path, MOST - 1) == {422: MOST - 1}
    assert told(citizen) == []
    assert await guesses(citizen, path, 1) == {422: 1}
    assert sorted(told(citizen)) == sorted([PHONE, EMAIL])
    assert await guesses(citizen, await again(citizen, "web:stranger"), 3) == {429: 3}
    assert len(told(citizen)) == 2
    citizen.clock.pass_(DAY + 3600)
    await guesses(citizen, await again(citizen, "web:stranger"), MOST)
    assert len(told(citizen)) == 4


async def test_linked_chats_are_told(citizen: Citizen) -> None:
    """A chat that has proved the account hears of what another one tries."""
    await citizen.ask_for_link()
    await citizen.choose(citizen.link())
    await citizen.receive()
    path = await asks_for_page(citizen, chat="web:stranger")
    await guesses(citizen, path, MOST)
    assert sorted(told(citizen)) == sorted([PHONE, EMAIL, "mau"])


async def test_every_refused_try_is_in_the_audit(citizen: Citizen) -> None:
    """Each with the blind index of the account and the mark of the chat, nothing in clear."""
    await has_password(citizen)
    for number, account in enumerate((ACCOUNT, NOBODY)):
        path = await asks_for_page(citizen, account, f"web:{number}")
        assert await guesses(citizen, path, MOST + 3) == {422: MOST, 429: 3}
        assert await guesses(citizen, await again(citizen, f"web:{number}"), 1) == {429: 1}
        mark = citizen.engine.desk.chat_mark(f"web:{number}")
        index = citizen.store.index("bhxh", account)
        assert (await acts(citizen, "sign_in_refused")).count((mark, index)) == 4
        assert (await acts(citizen, "tries_spent")).count((mark, index)) == 1
    assert await citizen.store.verify_audit() > 0


async def test_nobody_is_told_of_an_account_that_is_not_there(citizen: Citizen) -> None:
    """Nor of one that has no password: it has an owner all the same, and he is."""
    await guesses(citizen, await asks_for_page(citizen, NOBODY, "web:1"), MOST + 1)
    assert told(citizen) == []
    await guesses(citizen, await asks_for_page(citizen, OTHER, "web:2"), MOST + 1)
    assert told(citizen) == ["+84900000102"]


async def test_a_right_password_in_between_tells_nobody(citizen: Citizen) -> None:
    """Who mistypes a few times and then signs in causes no alarm."""
    await has_password(citizen)
    path = await asks_for_page(citizen)
    await guesses(citizen, path, 5)
    assert (await types(citizen, path, PASSWORD)).status_code == 200
    assert told(citizen) == []
    assert await acts(citizen, "tries_spent") == []
