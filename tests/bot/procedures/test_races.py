"""Changes of a contact while everything happens at once: chats, guesses, processes."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import cycle, islice

import pytest

from bot.app import Engine
from flows.model import TEXT, Event
from tests.bot.procedures.walks import (
    MINUTE,
    NEW,
    NEW_MAIL,
    NEWER,
    asks_for_both,
    asks_for_mail_code,
    changes_phone,
    undo_code,
    where,
    written,
)
from tests.bot.town import HUNG, LAN, Citizen, Town, all_at_once, incoming, wrong_codes

PROCESSES = pytest.mark.parametrize("processes", [1, 2])


async def _at_once(
    town: Town, processes: int, typed: Sequence[tuple[Citizen, str]], *, times: int = 1
) -> None:
    """Everything that is typed, at once, in turn to each process; delivered so many times."""
    async with AsyncExitStack() as stack:
        others = [await town.second_process(stack) for _ in range(processes - 1)]
        engines: list[Engine] = [town.engine, *others]
        updates = [incoming(citizen.chat, Event(TEXT, text)) for citizen, text in typed]
        asked = zip(updates * times, cycle(engines), strict=False)
        done = await all_at_once([engine.batches.ask(update) for update, engine in asked])
    assert sorted(map(str, done)) == ["False"] * (times - 1) * len(typed) + ["True"] * len(typed)
    await town.deliver()


async def _two_waiting_for_their_last_code(town: Town) -> tuple[Citizen, Citizen]:
    one, other = (town.citizen(f"telegram:{number}") for number in (1, 2))
    for citizen, new in ((one, NEW), (other, NEWER)):
        await asks_for_both(citizen, LAN, new)
        await citizen.says(town.code_for(LAN.phone))
        town.clock.pass_(MINUTE + 1)
    return one, other


@PROCESSES
async def test_two_chats_change_one_phone(old_town: Town, processes: int) -> None:
    """Both hold the old phone's code and type the last one at once: one wins, one change."""
    one, other = await _two_waiting_for_their_last_code(old_town)
    last = [(one, old_town.code_for(NEW)), (other, old_town.code_for(NEWER))]
    await _at_once(old_town, processes, last)
    now = await written(old_town)
    assert now.phone in {NEW, NEWER}
    assert now.changes == [("phone", LAN.phone, now.phone, True)]
    assert now.acts == ["contact_changed", "contact_change_decided"]
    assert now.notices == {LAN.phone: 1, LAN.email: 1}
    winner, loser = (one, other) if now.phone == NEW else (other, one)
    assert winner.last.text.startswith("Xong.")
    assert await where(loser) == ""
    assert "Xong." not in loser.last.text


@PROCESSES
async def test_a_phone_and_an_email_at_once(old_town: Town, processes: int) -> None:
    """One chat changes the phone while another adds an e-mail: one of the two, never both."""
    one, other = (old_town.citizen(f"telegram:{number}") for number in (1, 2))
    await asks_for_mail_code(one)
    old_town.clock.pass_(MINUTE + 1)
    await asks_for_both(other)
    await other.says(old_town.code_for(LAN.phone))
    last = [(one, old_town.code_for(NEW_MAIL)), (other, old_town.code_for(NEW))]
    await _at_once(old_town, processes, last)
    now = await written(old_town)
    assert len(now.changes) == 1
    assert (now.phone == NEW) != (now.email == NEW_MAIL)
    assert now.acts == ["contact_changed", "contact_change_decided"]


@PROCESSES
async def test_both_codes_at_once(old_town: Town, processes: int) -> None:
    """The two right codes of one chat at once, each delivered fifty times, make one change."""
    lan = old_town.citizen()
    await asks_for_both(lan)
    codes = [(lan, old_town.code_for(to)) for to in (LAN.phone, NEW)]
    await _at_once(old_town, processes, codes, times=50)
    now = await written(old_town)
    assert now.changes == [("phone", LAN.phone, NEW, True)]
    assert now.acts == ["contact_changed", "contact_change_decided"]
    assert sum(bubble.text.startswith("Xong.") for bubble in lan.bubbles) == 1
    assert await old_town.rows("SELECT tries FROM challenges") == [(1,), (1,)]


@PROCESSES
async def test_two_hundred_wrong_codes_against_both(old_town: Town, processes: int) -> None:
    """Of 200 wrong codes at once five are evaluated, for both codes together; then neither is."""
    lan = old_town.citizen()
    await asks_for_both(lan)
    right = {old_town.code_for(LAN.phone), old_town.code_for(NEW)}
    wrong = islice((g for g in wrong_codes(old_town.code_for(NEW)) if g not in right), 200)
    await _at_once(old_town, processes, [(lan, guess) for guess in wrong])
    await _at_once(old_town, processes, [(lan, code) for code in right])
    rows = await old_town.rows("SELECT slot, tries, used_at FROM challenges ORDER BY slot")
    assert rows == [("new", 5, None), ("old", 5, None)]
    assert (await written(old_town)).changes == []
    assert await old_town.store.asides(limit=1) == []


@PROCESSES
async def test_guesses_after_one_right_code(old_town: Town, processes: int) -> None:
    """Who has the old phone's code has no more guesses at the new one's than anybody."""
    lan = old_town.citizen()
    await asks_for_both(lan)
    new = old_town.code_for(NEW)
    wrong = list(islice(wrong_codes(new), 100))
    await lan.says(*wrong[:3], old_town.code_for(LAN.phone))
    await _at_once(old_town, processes, [(lan, guess) for guess in wrong[3:]])
    rows = await old_town.rows("SELECT tries FROM challenges WHERE slot = 'new'")
    assert rows == [(5,)]
    await lan.says(new)
    assert (await written(old_town)).changes == []


@pytest.mark.parametrize("first", ["old", "new"])
async def test_a_number_that_is_taken_meanwhile(town: Town, first: str) -> None:
    """A number that another account got while its codes were on their way is not given twice."""
    lan, hung = town.citizen("telegram:1"), town.citizen("telegram:2")
    await asks_for_both(lan, LAN, NEW)
    codes = {"old": town.code_for(LAN.phone), "new": town.code_for(NEW)}
    await lan.says(codes.pop(first))
    town.clock.pass_(MINUTE + 1)
    await changes_phone(hung, HUNG, NEW)
    await lan.says(*codes.values())
    assert (await written(town, HUNG)).phone == NEW
    assert (await written(town)).changes == []
    assert await town.store.asides(limit=1) == []


async def test_two_accounts_and_one_number_in_one_batch(town: Town) -> None:
    """Two accounts that would get one number in the same moment: one of them does."""
    chats = {LAN: town.citizen("telegram:1"), HUNG: town.citizen("telegram:2")}
    events = []
    for person, chat in chats.items():
        await asks_for_both(chat, person, NEW)
        events.append(incoming(chat.chat, Event(TEXT, town.code_for(NEW))))
        await chat.says(town.code_for(person.phone))
        town.clock.pass_(MINUTE + 1)
    await town.engine.turns.take(events)
    async with town.store.unit(now=town.clock.now()) as unit:
        assert len((await unit.holders([NEW]))[NEW]) == 1
    changes = [*(await written(town)).changes, *(await written(town, HUNG)).changes]
    assert len(changes) == 1
    assert await town.store.asides(limit=1) == []


async def test_two_undo_in_one_batch(town: Town) -> None:
    """Two citizens take back their changes in the same moment: each their own (R21)."""
    for number, person, new in ((1, LAN, NEW), (2, HUNG, NEWER)):
        await changes_phone(town.citizen(f"telegram:{number}"), person, new)
    codes = [undo_code(town, LAN.phone), undo_code(town, HUNG.phone)]
    events = [
        incoming(f"web:{number}", Event(TEXT, f"KHÔNG {code}"))
        for number, code in enumerate(codes)
    ]
    await town.engine.turns.take(events)
    for person in (LAN, HUNG):
        assert (await written(town, person)).phone == person.phone
        async with town.store.unit(now=town.clock.now()) as unit:
            member = (await unit.members([person.bhxh_number]))[person.bhxh_number]
        assert member.state == "frozen"


async def test_a_code_in_the_same_batch_as_an_undo(town: Town) -> None:
    """Once a change is taken back the account is frozen, also for what is typed in that batch."""
    await changes_phone(town.citizen("telegram:1"))
    town.clock.pass_(MINUTE + 1)
    other = town.citizen("telegram:2")
    await other.asks_for_a_code(LAN, LAN.email)
    events = [
        incoming("web:lan", Event(TEXT, f"KHÔNG {undo_code(town)}")),
        incoming(other.chat, Event(TEXT, town.code_for(LAN.email))),
    ]
    await town.engine.turns.take(events)
    await town.deliver()
    assert (await written(town)).phone == LAN.phone
    assert town.passwords_for(LAN.email) == []
