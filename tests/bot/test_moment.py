"""One code a minute to one destination: whoever comes too soon waits, and loses nothing."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import codes
from bot.settings import HumanCheck, Limit, LimitsOf, Settings
from storage.base import Person
from tests.bot.town import HUNG, LAN, NOBODY, Citizen, Town

WAIT = re.compile(r"Chờ đến (\d\d):(\d\d)")
TO_PHONE = "Vừa có một mã được gửi tới 09xx xxx 101. Chờ đến"
ASKED = ("quên mật khẩu", "đồng ý", LAN.bhxh_number)


def _told(town: Town, text: str) -> float:
    """The moment from which it may be tried again."""
    found = WAIT.search(text)
    assert found, text
    today = datetime.fromtimestamp(town.clock.now() + 7 * 3600, UTC)
    then = today.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    return then.timestamp() - 7 * 3600


async def _hits(town: Town) -> int:
    return int(await town.value("SELECT coalesce(sum(n), 0) FROM tallies"))


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody who names their phone right after somebody else did."""
    await town.citizen("web:first").asks_for_a_code()
    lan = town.citizen()
    await lan.says(*ASKED)
    return lan


async def test_another_chat_a_moment_later(town: Town, lan: Citizen) -> None:
    """The second chat is told from when on, stays where it is, and then gets its code."""
    hits = await _hits(town)
    for _ in range(3):
        assert TO_PHONE in (await lan.says(LAN.phone)).text
    assert (await _hits(town), len(town.codes_for(LAN.phone))) == (hits, 1)
    free = _told(town, lan.last.text)
    assert 60 <= free - town.clock.now() + 10 <= 130
    town.clock.reach(free)
    await lan.says(LAN.phone)
    await lan.says(town.code_for(LAN.phone))
    assert len(town.passwords_for(LAN.phone)) == 1


async def test_kept_by_its_button(town: Town, lan: Citizen) -> None:
    """What was typed too soon is kept: one press is enough, too soon once more or in time."""
    await lan.says(LAN.phone)
    assert TO_PHONE in (await lan.taps("Giữ 09xx xxx 101")).text
    town.clock.reach(_told(town, lan.last.text))
    assert "Bước 3/3" in (await lan.taps("Giữ 09xx xxx 101")).text
    assert len(town.codes_for(LAN.phone)) == 2


async def test_the_edge_of_the_minute(town: Town, lan: Citizen) -> None:
    """Not after 59 seconds, and after 61 at the latest."""
    sent_at = await town.value("SELECT sent_at FROM challenges")
    for after, sent in ((59.9, 1), (61, 2)):
        town.clock.reach(sent_at + after)
        await lan.says(LAN.phone)
        assert len(town.codes_for(LAN.phone)) == sent


async def test_corrected_and_corrected_back(town: Town) -> None:
    """Who goes back to the first address within the minute waits, and goes on from there."""
    lan = town.citizen()
    await lan.asks_for_a_code()
    assert "Bước 3/3" in (await lan.says(f"nhầm, email là {LAN.email}")).text
    assert TO_PHONE in (await lan.says("nhầm, số là 0900000101")).text
    town.clock.reach(_told(town, lan.last.text))
    await lan.taps("Giữ 09xx xxx 101")
    await lan.says(town.code_for(LAN.phone))
    assert len(town.passwords_for(LAN.phone)) == 1


async def test_at_the_code(town: Town) -> None:
    """Asked again or expired a moment after another chat's code: the run goes on."""
    lan, other = town.citizen(), town.citizen("web:other")
    await lan.asks_for_a_code()
    code = town.code_for(LAN.phone)
    town.clock.pass_(260)
    await other.asks_for_a_code()
    assert "Vừa có một tin được gửi tới 09xx xxx 101" in (await lan.taps("Gửi lại mã")).text
    town.clock.pass_(45)
    assert "Mã đó đã hết hạn. Chờ đến" in (await lan.says(code)).text
    town.clock.reach(_told(town, lan.last.text))
    await lan.taps("Gửi lại mã")
    await lan.says(town.code_for(LAN.phone))
    assert len(town.passwords_for(LAN.phone)) == 1


async def test_at_the_picture(tmp_path: Path) -> None:
    """Overtaken while looking at the picture: a new one is shown, and works in time."""
    always = Settings(human_check=HumanCheck(policy="always"))
    async with Town(tmp_path, settings=always) as town:
        lan, other = town.citizen(), town.citizen("web:other")
        for citizen in (lan, other):
            await citizen.says(*ASKED, LAN.phone)
        await other.says(await _picture(town, other))
        assert TO_PHONE in (await lan.says(await _picture(town, lan))).text
        assert lan.last.picture
        town.clock.reach(_told(town, lan.last.text))
        assert "Bước 3/3" in (await lan.says(await _picture(town, lan))).text
        assert len(town.codes_for(LAN.phone)) == 2


async def _picture(town: Town, citizen: Citizen) -> str:
    query = "SELECT run, turn FROM conversations WHERE chat = ?"
    run, turn = (await town.rows(query, citizen.chat))[0]
    return codes.picture_digits(town.engine.desk.keys.human, citizen.chat, run, turn)


@pytest.mark.parametrize(
    "tight",
    [
        {"destination_sends": (Limit(1, 60), Limit(1, 61))},
        {"account_flows": (Limit(1, 3600),)},
        {"system_sends": (Limit(1, 60),)},
    ],
)
async def test_whatever_else_is_in_the_way_ends_the_run(
    tmp_path: Path, tight: dict[str, tuple[Limit, ...]]
) -> None:
    """Where any limit but the destination's minute is met as well, the run pauses as ever."""
    settings = Settings(limits=LimitsOf(**tight), human_check=HumanCheck(policy="never"))
    async with Town(tmp_path, settings=settings) as town:
        for chat in ("web:1", "web:2"):
            await town.citizen(chat).asks_for_a_code()
        assert "tạm dừng đến" in town.citizen("web:2").last.text


@pytest.mark.parametrize("who", [(LAN, LAN.phone), (NOBODY, NOBODY.phone), (LAN, HUNG.phone)])
async def test_everybody_waits_alike(town: Town, who: tuple[Person, str]) -> None:
    """A decoy keeps the minute like a real code, so waiting tells nobody who is insured (R26)."""
    for chat in ("web:1", "web:2"):
        await town.citizen(chat).asks_for_a_code(*who)
    waiting = town.citizen("web:2")
    assert "Vừa có một mã được gửi tới" in waiting.last.text
    labels = [button.label.partition(". ")[2] for button in waiting.last.buttons]
    assert labels[0].startswith("Giữ 09xx xxx")
    town.clock.reach(_told(town, waiting.last.text))
    assert "Bước 3/3" in (await waiting.says(who[1])).text
