"""Everything at once: many updates, many chats, two processes on one file."""

from collections import Counter
from contextlib import AsyncExitStack
from itertools import cycle, islice

import pytest

from bot.app import Engine
from bot.channels.base import Incoming
from flows.model import TEXT, Event
from tests.bot.town import LAN, MAI, Citizen, Town, all_at_once, incoming, wrong_codes


def _typed(chat: str, *texts: str) -> list[Incoming]:
    return [incoming(chat, Event(TEXT, text)) for text in texts]


async def _at_once(updates: list[Incoming], *engines: Engine) -> list[object]:
    """Put every update at once, in turn to each process; True where it had an effect."""
    asked = zip(updates, cycle(engines), strict=False)
    return await all_at_once([engine.batches.ask(update) for update, engine in asked])


async def _processes(town: Town, stack: AsyncExitStack, count: int) -> list[Engine]:
    others = [await town.second_process(stack) for _ in range(count - 1)]
    return [town.engine, *others]


@pytest.mark.parametrize("processes", [1, 2])
async def test_two_hundred_wrong_codes(old_town: Town, processes: int) -> None:
    """Of 200 wrong codes at once exactly five are evaluated; then the right one is refused."""
    lan = old_town.citizen()
    await lan.asks_for_a_code()
    right = old_town.code_for(LAN.phone)
    wrong = _typed(lan.chat, *islice(wrong_codes(right), 200))
    async with AsyncExitStack() as stack:
        engines = await _processes(old_town, stack, processes)
        assert await _at_once(wrong, *engines) == [True] * 200
        assert await _at_once(_typed(lan.chat, right), *engines) == [True]
    await old_town.deliver()
    assert old_town.from_outside("SELECT tries, used_at FROM challenges") == [(5, None)]
    assert not old_town.passwords_for(LAN.phone)


@pytest.mark.parametrize("processes", [1, 2])
async def test_right_code_fifty_times(old_town: Town, processes: int) -> None:
    """The right code in 50 updates at once: one success, one password."""
    lan = old_town.citizen()
    await lan.asks_for_a_code()
    right = _typed(lan.chat, *[old_town.code_for(LAN.phone)] * 50)
    async with AsyncExitStack() as stack:
        assert await _at_once(right, *await _processes(old_town, stack, processes)) == [True] * 50
    await old_town.deliver()
    assert len(old_town.passwords_for(LAN.phone)) == 1
    acts = Counter(kind for (kind,) in old_town.from_outside("SELECT kind FROM audit"))
    assert acts == {"consent": 1, "code_issued": 1, "password_issued": 1}
    assert sum("Xong." in bubble.text for bubble in lan.bubbles) == 1


@pytest.mark.parametrize("processes", [1, 2])
async def test_two_chats_one_account(old_town: Town, processes: int) -> None:
    """Two chats prove one account at the same moment: one password, the other run is void."""
    chats = [old_town.citizen(f"telegram:{number}") for number in (1, 2)]
    for chat, contact in zip(chats, (LAN.phone, LAN.email), strict=True):
        await chat.asks_for_a_code(LAN, contact)
    updates = [
        *_typed(chats[0].chat, old_town.code_for(LAN.phone)),
        *_typed(chats[1].chat, old_town.code_for(LAN.email)),
    ]
    async with AsyncExitStack() as stack:
        await _at_once(updates, *await _processes(old_town, stack, processes))
    await old_town.deliver()
    passwords = [*old_town.passwords_for(LAN.phone), *old_town.passwords_for(LAN.email)]
    assert len(passwords) == 1


@pytest.mark.parametrize("processes", [1, 2])
async def test_one_update_ten_times(old_town: Town, processes: int) -> None:
    """One update delivered ten times at once, and again after a restart: one effect (R35)."""
    lan = old_town.citizen()
    await lan.says("quên mật khẩu")
    again = incoming(lan.chat, Event(TEXT, "đồng ý"), key="the one")
    async with AsyncExitStack() as stack:
        engines = await _processes(old_town, stack, processes)
        results = await _at_once([again] * 10, *engines)
    assert sorted(map(str, results)) == ["False"] * 9 + ["True"]
    await old_town.deliver()
    await old_town.restarts()
    old_town.clock.pass_(25 * 3600)
    assert await old_town.engine.batches.ask(again) is False
    assert len(lan.bubbles) == 2
    assert old_town.from_outside("SELECT count(*) FROM consents") == [(1,)]


async def test_lower_ids_are_not_repeats(old_town: Town) -> None:
    """An update whose id is lower than an earlier one is not taken for a repeat (R35)."""
    for number, key in enumerate(("900", "5", "901", "4")):
        update = incoming(f"telegram:{number}", Event(TEXT, "menu"), key=key)
        assert await old_town.engine.batches.ask(update)


async def test_many_chats_in_two_processes(old_town: Town) -> None:
    """Forty chats at once over two processes: every one is answered, in its own order (R36)."""
    texts = ("quên mật khẩu", "đồng ý", "không phải số", MAI.bhxh_number)
    updates = [each for number in range(40) for each in _typed(f"web:{number}", *texts)]
    async with AsyncExitStack() as stack:
        other = await old_town.second_process(stack)
        half = [each for each in updates if int(each.chat.partition(":")[2]) % 2]
        rest = [each for each in updates if each not in half]
        await all_at_once(
            [
                *(old_town.engine.batches.put(each) for each in half),
                *(other.batches.put(each) for each in rest),
            ]
        )
    await old_town.deliver()
    for number in range(40):
        citizen = Citizen(old_town, f"web:{number}")
        assert len(citizen.bubbles) == len(texts)
        assert "Bước 2/3" in citizen.last.text
    assert await old_town.store.verify_audit() == 40


async def test_two_notifiers(old_town: Town) -> None:
    """Two notifiers on one file never send one message twice."""
    updates = [*(each for n in range(60) for each in _typed(f"web:{n}", "quên mật khẩu"))]
    async with AsyncExitStack() as stack:
        engines = await _processes(old_town, stack, 2)
        await _at_once(updates, *engines)
        await all_at_once([engine.notifier.drain() for engine in engines])
    refs = [letter.ref for letter in old_town.web.tried]
    assert len(refs) == len(set(refs)) == 60
    assert {letter.tries for letter in old_town.web.tried} == {1}
