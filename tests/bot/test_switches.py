"""What operators switch off and announce, as citizens meet it, in every process and soon."""

from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, time

import pytest

from bot import switches
from bot.switches import EVERY
from bot.workdays import Workdays
from flows.model import TEXT, Event
from storage.base import Switch
from tests.bot.town import LAN, Citizen, Town, incoming

WHY = "Hệ thống gửi mã đang bảo trì, mời ông/bà quay lại sau 17 giờ."


def row(town: Town, name: str, *, vi: str = WHY, en: str = "", until: float = 0.0) -> Switch:
    """What an operator sets now."""
    return Switch(name, "", vi, en, until, "an.nguyen", town.clock.now())


async def sets(town: Town, name: str, en: str = "", until: float = 0.0) -> None:
    """Set it, and let the time pass by which it counts everywhere."""
    await switches.set_(town.store, row(town, name, en=en, until=until))
    town.clock.pass_(EVERY)


async def test_every_process_within_a_minute(old_town: Town) -> None:
    """Two engines on one database: what one sets the other heeds within 60 s, and takes back."""
    town = old_town
    async with AsyncExitStack() as stack:
        other = await town.second_process(stack)
        far = "telegram:8"
        await other.batches.put(incoming(far, Event(TEXT, "xin chào")))
        await switches.set_(town.store, row(town, "flow:forgot_password"))
        town.clock.pass_(59)
        await other.batches.put(incoming(far, Event(TEXT, "quên mật khẩu")))
        await town.deliver()
        assert WHY in town.bubbles(far)[-1].text
        await switches.take_back(town.store, "flow:forgot_password", "an.nguyen", 0.0)
        town.clock.pass_(59)
        await other.batches.put(incoming(far, Event(TEXT, "quên mật khẩu")))
        await town.deliver()
        assert "đồng ý" in town.bubbles(far)[-1].text


async def test_turns_in_between_do_not_look(town: Town, lan: Citizen) -> None:
    """The switches are read once in `EVERY` seconds, whatever the number of turns."""
    await lan.says("xin chào")
    await switches.set_(town.store, row(town, "flow:forgot_password"))
    begun = town.clock.now()
    while town.clock.now() < begun + EVERY - 1:
        assert WHY not in (await lan.says("menu")).text
        town.clock.pass_(3)
    town.clock.pass_(EVERY)
    assert WHY in (await lan.says("quên mật khẩu")).text


async def test_a_procedure_that_is_off(town: Town, lan: Citizen) -> None:
    """It says so with the dated notice and offers the guide about it, a person and the menu."""
    await sets(town, "flow:forgot_password")
    said = await lan.says("quên mật khẩu")
    assert "tạm dừng" in said.text
    assert WHY in said.text
    assert "22/11/2026" in said.text
    labels = [button.label.partition(". ")[2] for button in said.buttons]
    assert labels[-2:] == ["Gặp cán bộ", "Về đầu"]
    assert len(labels) == 3
    assert (await lan.taps(labels[0])).text
    assert "Mấy giờ" not in (await lan.says("đổi email")).text


async def test_in_english(town: Town, lan: Citizen) -> None:
    """A citizen who speaks English reads the English notice; without one, the Vietnamese."""
    await lan.says("english")
    await sets(town, "flow:forgot_password", en="Back at five.")
    assert "Back at five." in (await lan.says("/quenmatkhau")).text
    await sets(town, "flow:add_email")
    assert WHY in (await lan.says("/themmail")).text


async def test_who_is_in_it_may_finish(town: Town, lan: Citizen) -> None:
    """Nobody loses a procedure half-way; another one that is off is told beside the question."""
    await lan.asks_for_a_code()
    await sets(town, "flow:forgot_password")
    await sets(town, "flow:change_phone")
    beside = await lan.says("/doisdt")
    assert WHY in beside.text
    assert "6 số" in beside.text
    assert "Xong" in (await lan.says(town.code_for(LAN.phone))).text
    assert WHY in (await lan.says("quên mật khẩu")).text


async def test_what_was_left_is_not_taken_up(town: Town, lan: Citizen) -> None:
    """A procedure that was parked waits until it is switched on again, answers and all."""
    await lan.says("quên mật khẩu", "đồng ý", "làm sau")
    await sets(town, "flow:forgot_password")
    assert WHY in (await lan.says("làm tiếp")).text
    await switches.take_back(town.store, "flow:forgot_password", "an.nguyen", town.clock.now())
    town.clock.pass_(EVERY)
    assert "Mình làm tiếp" in (await lan.says("quên mật khẩu")).text


async def test_a_channel_that_is_off(town: Town, lan: Citizen) -> None:
    """It answers everything with its notice, forgets what was typed, and stays where it was."""
    await lan.asks_for_a_code()
    code = town.code_for(LAN.phone)
    await sets(town, "channel:telegram")
    closed = await lan.says(code)
    assert closed.text.endswith(WHY)
    kept = await town.store.transcript(lan.chat, limit=1)
    assert code not in kept[0].heard
    web = town.citizen("web:9")
    assert WHY not in (await web.says("xin chào")).text
    await switches.take_back(town.store, "channel:telegram", "an.nguyen", town.clock.now())
    town.clock.pass_(EVERY)
    assert "Xong" in (await lan.says(code)).text


async def test_what_protects_passes_a_channel_that_is_off(town: Town, lan: Citizen) -> None:
    """Whoever undoes a change is heard, whatever the switches say."""
    await sets(town, "channel:telegram")
    assert WHY not in (await lan.says("KHÔNG A7K2M9B4C3")).text


async def test_a_guide_that_is_off(town: Town, lan: Citizen) -> None:
    """It says the notice in place of its answer."""
    before = (await lan.says("VssID là gì?")).text
    name = next(n for n, g in town.engine.desk.guides.all().items() if g.vi in before)
    await sets(town, f"guide:{name}")
    after = (await lan.says("VssID là gì?")).text
    assert WHY in after
    assert before not in after


async def test_the_surge_notice(town: Town, lan: Citizen) -> None:
    """It stands in greeting and menu until its time is over, and nowhere else."""
    await sets(town, "surge", until=town.clock.now() + 600)
    assert WHY in (await lan.says("xin chào")).text
    assert WHY in (await lan.says("menu")).text
    assert WHY not in (await lan.says("quên mật khẩu")).text
    begun = await town.citizen("telegram:77").says("quên mật khẩu")
    assert WHY in begun.text
    town.clock.pass_(600)
    await lan.says("hủy", "1")
    assert WHY not in (await lan.says("menu")).text


async def test_a_closed_day(town: Town, lan: Citizen) -> None:
    """Citizens who ask for a person are told the changed hours."""
    town.clock.pass_(25 * 3600)  # Monday, ten in Viet Nam
    assert "hôm nay đến 17:00" in (await lan.says("gặp cán bộ")).text
    await switches.set_(
        town.store,
        Switch("day:2026-11-23", "08:00-11:30", "", "", 0.0, "an.nguyen", town.clock.now()),
    )
    town.clock.pass_(EVERY)
    assert "đến 11:30" in (await town.citizen("telegram:8").says("gặp cán bộ")).text
    await switches.set_(
        town.store, Switch("day:2026-11-23", "", "", "", 0.0, "an.nguyen", town.clock.now())
    )
    town.clock.pass_(EVERY)
    assert "Ngoài giờ" in (await town.citizen("telegram:9").says("gặp cán bộ")).text


async def test_all_of_it_is_audited(town: Town) -> None:
    """Who set what and who took it back stands in the chain; taking back nothing does not."""
    await switches.set_(town.store, row(town, "surge"))
    await switches.take_back(town.store, "surge", "binh.tran", town.clock.now())
    await switches.take_back(town.store, "surge", "binh.tran", town.clock.now())
    acts = await town.rows("SELECT kind, who, detail FROM audit WHERE kind LIKE 'switch%'")
    assert acts == [
        ("switch.set", "an.nguyen", "surge"),
        ("switch.taken_back", "binh.tran", "surge"),
    ]


def at(day: int, hour: int) -> float:
    return datetime(2026, 12, day, hour - 7, tzinfo=UTC).timestamp()


def test_hours_of_one_day() -> None:
    """A day has its own hours or none; the days around it stay as they were."""
    usual = Workdays()
    office = usual.with_days({date(2026, 12, 1): None, date(2026, 12, 5): (time(9), time(11))})
    assert not office.is_open(at(1, 10))
    assert office.opens_next(at(1, 10)) == at(2, 8)
    assert office.is_open(at(5, 10))  # a Saturday
    assert not office.is_open(at(5, 8))
    assert office.opens_next(at(4, 18)) == at(5, 9)
    assert office.closes_at(at(5, 9)) == at(5, 11)
    assert usual.is_open(at(1, 10))
    assert not usual.is_open(at(5, 10))


@pytest.mark.parametrize("value", ["8", "17:00-08:00", "08:00", "a-b", "08:00-08:00", "-"])
def test_hours_that_cannot_be(value: str) -> None:
    """Hours are two times of day, the earlier one first."""
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong
        switches.hours_of(value)
