"""Every budget through the whole turn, at its edge, with the time told and nothing sent."""

import re
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import HumanCheck, Limit, LimitsOf, Settings
from storage.base import Person
from tests.bot.town import HUNG, LAN, MAI, MORNING, Town

START = MORNING
HOURS = 3600
DAY = 24 * HOURS
WIDE = (Limit(1000, DAY),)
ROOMY: dict[str, tuple[Limit, ...]] = dict.fromkeys(
    (
        "destination_sends",
        "account_flows",
        "chat_flows",
        "chat_accounts",
        "prefix_sends",
        "system_sends",
        "account_failures",
        "chat_failures",
        "system_failures",
    ),
    WIDE,
)
PAUSE = re.compile(r"tạm dừng đến (\d\d):(\d\d)(?: (\d\d)/(\d\d))?")


def _settings(**tight: tuple[Limit, ...]) -> Settings:
    return Settings(
        limits=LimitsOf(**(ROOMY | tight)),
        human_check=HumanCheck(policy="never"),
    )


def _told(text: str, now: float) -> float:
    """The moment a bubble names, as a time."""
    found = PAUSE.search(text)
    assert found, text
    hour, minute, day, month = (int(part or 0) for part in found.groups())
    today = datetime.fromtimestamp(now + 7 * HOURS, UTC)
    then = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if day:
        then = then.replace(day=day, month=month)
    return then.timestamp() - 7 * HOURS


def _neighbours(count: int) -> list[Person]:
    return [
        Person(f"79100000{number:02d}", phone=f"+849000002{number:02d}") for number in range(count)
    ]


async def _ask(town: Town, chat: str, number: str, contact: str) -> int:
    """Ask for a code in this chat, then leave; how many SMS left for it."""
    citizen, before = town.citizen(chat), len(town.sms.letters)
    await citizen.says("quên mật khẩu", "đồng ý", number, contact)
    if "tạm dừng" not in citizen.last.text:
        await citizen.says("dừng lại", "dừng hẳn")
    return len(town.sms.letters) - before


async def test_destination(tmp_path: Path) -> None:
    """Three to one destination in 15 minutes and not a fourth, whoever asks (R06)."""
    family = [Person(f"791000000{n}", phone=LAN.phone) for n in range(5)]
    tight = _settings(destination_sends=(Limit(3, 900), Limit(5, DAY)))
    async with Town(tmp_path, settings=tight, people=family) as town:
        asked = [await _ask(town, f"web:{n}", family[n].bhxh_number, LAN.phone) for n in range(4)]
        assert asked == [1, 1, 1, 0]
        free = _told(town.citizen("web:3").last.text, town.clock.now())
        assert town.clock.now() < free <= START + 900 + 120
        town.clock.reach(free)
        more = [await _ask(town, f"web:{n}", family[n].bhxh_number, LAN.phone) for n in (3, 4, 0)]
        assert more == [1, 1, 0]


async def _edge(town: Town, asks: list[tuple[str, Person]], window: int) -> None:
    """All but the last may ask; the last is told a time, and may ask once it has come."""
    sent = [await _ask(town, chat, who.bhxh_number, who.phone) for chat, who in asks]
    assert sent == [1] * (len(asks) - 1) + [0]
    chat, who = asks[-1]
    free = _told(town.citizen(chat).last.text, town.clock.now())
    assert START + window <= free <= town.clock.now() + window + window / 60 + 61
    town.clock.reach(free)
    assert await _ask(town, chat, who.bhxh_number, who.phone) == 1


async def test_account(tmp_path: Path) -> None:
    """Five runs on one account in a day, over all chats (R06)."""
    tight = _settings(account_flows=(Limit(5, DAY),))
    async with Town(tmp_path, settings=tight) as town:
        await _edge(town, [(f"web:{n}", LAN) for n in range(6)], DAY)


async def test_account_by_either_number(tmp_path: Path) -> None:
    """Both numbers of a person are one account to every budget (R06)."""
    tight = _settings(account_flows=(Limit(4, DAY),))
    async with Town(tmp_path, settings=tight) as town:
        numbers = [LAN.bhxh_number, LAN.national_id] * 3
        sent = [
            await _ask(town, f"web:{n}", number, LAN.phone) for n, number in enumerate(numbers)
        ]
        assert sent == [1, 1, 1, 1, 0, 0]


async def test_chat(tmp_path: Path) -> None:
    """Five runs of one chat in an hour (R06)."""
    tight = _settings(chat_flows=(Limit(5, HOURS),))
    async with Town(tmp_path, settings=tight, people=_neighbours(6)) as town:
        await _edge(town, [("web:1", who) for who in town.people], HOURS)


async def test_accounts_of_a_chat(tmp_path: Path) -> None:
    """Three different accounts for one chat in a day; one it has asked for stays open (R06)."""
    tight = _settings(chat_accounts=(Limit(3, DAY),))
    async with Town(tmp_path, settings=tight, people=_neighbours(4)) as town:
        people = town.people
        assert await _ask(town, "web:1", people[0].bhxh_number, people[0].phone) == 1
        await _edge(town, [("web:1", people[n]) for n in (0, 1, 2, 3)], DAY)


async def test_accounts_of_one_run(tmp_path: Path) -> None:
    """Naming another account within one run counts like a new one (R06)."""
    tight = _settings(chat_accounts=(Limit(2, DAY),))
    async with Town(tmp_path, settings=tight, people=_neighbours(3)) as town:
        citizen = town.citizen()
        await citizen.asks_for_a_code(town.people[0])
        for who in town.people[1:]:
            await citizen.taps("Quay lại")
            await citizen.taps("Quay lại")
            await citizen.says(who.bhxh_number, who.phone)
        assert len(town.sms.letters) == 2
        assert "tạm dừng" in citizen.last.text


async def test_prefix(tmp_path: Path) -> None:
    """Twenty to numbers that differ only in their last four digits, in an hour (R06)."""
    tight = _settings(prefix_sends=(Limit(20, HOURS),))
    async with Town(tmp_path, settings=tight, people=_neighbours(21)) as town:
        await _edge(town, [(f"web:{n}", who) for n, who in enumerate(town.people)], HOURS)


async def test_system(tmp_path: Path) -> None:
    """So many in all (R06)."""
    tight = _settings(system_sends=(Limit(2, HOURS),))
    async with Town(tmp_path, settings=tight) as town:
        asks = [("web:1", LAN), ("web:2", HUNG), ("web:3", LAN)]
        await _edge(town, asks, HOURS)


async def test_the_defaults_hold(tmp_path: Path) -> None:
    """With the settings as they come, a fourth code to one phone waits a quarter of an hour."""
    async with Town(tmp_path) as town:
        sent = [await _ask(town, f"web:{n}", LAN.bhxh_number, LAN.phone) for n in range(4)]
        assert sent == [1, 1, 1, 0]


# --- guesses -------------------------------------------------------------------------


async def _fail(town: Town, chat: str, contact: str = LAN.email) -> int:
    """One run of wrong codes until it ends; how many were evaluated."""
    query = "SELECT coalesce(sum(tries), 0) FROM challenges"
    before = await town.value(query)
    citizen = town.citizen(chat)
    await citizen.asks_for_a_code(LAN, contact)
    for _ in range(5):
        if "Đã thử sai" in citizen.last.text or "tạm dừng" in citizen.last.text:
            break
        await citizen.guesses_wrong(1, contact)
    return int(await town.value(query)) - int(before)


async def test_failures_of_an_account(tmp_path: Path) -> None:
    """Strangers get ten guesses a day on one account, its own chat the five in reserve (R07)."""
    tight = _settings(account_failures=(Limit(15, DAY),))
    async with Town(tmp_path, settings=tight) as town:
        owner = town.citizen("telegram:owner")
        await owner.recovers()
        guesses = [await _fail(town, f"web:{n}") for n in range(20)]
        assert sum(guesses) == 10
        await owner.asks_for_a_code()
        await owner.guesses_wrong(2)
        await owner.says(town.code_for(LAN.phone))
        assert len(town.passwords_for(LAN.phone)) == 2


async def test_failures_of_a_chat(tmp_path: Path) -> None:
    """Ten wrong codes in one chat a day, over all accounts (R07)."""
    tight = _settings(chat_failures=(Limit(10, DAY),))
    async with Town(tmp_path, settings=tight, people=_neighbours(3)) as town:
        citizen = town.citizen()
        for who in town.people:
            await citizen.asks_for_a_code(who)
            await citizen.guesses_wrong(5, who.phone)
        assert await town.value("SELECT sum(tries) FROM challenges") == 10


async def test_failures_of_all(tmp_path: Path) -> None:
    """So many wrong codes in an hour in all, then no guess is evaluated (R07)."""
    tight = _settings(system_failures=(Limit(3, HOURS),))
    async with Town(tmp_path, settings=tight) as town:
        assert [await _fail(town, f"web:{n}") for n in range(2)] == [3, 0]


async def test_pause_after_each_failed_run(tmp_path: Path) -> None:
    """After a failed run the chat rests on that account: 15 min, 1 h, 6 h, 24 h (R07)."""
    async with Town(tmp_path, settings=_settings()) as town:
        citizen = town.citizen()
        for pause in (900, 3600, 21600, 86400, 86400):
            assert await _fail(town, citizen.chat) == 5
            free = _told(citizen.last.text, town.clock.now())
            assert -60 < free - town.clock.now() - pause < 60
            town.clock.reach(free - 60)
            await citizen.asks_for_a_code(LAN, LAN.email)
            assert _told(citizen.last.text, town.clock.now()) == free
            town.clock.reach(free)


async def test_worn_out_for_ever(tmp_path: Path) -> None:
    """After fifty wrong codes in a row an account gets no code ever again by itself (R08)."""
    async with Town(tmp_path, settings=_settings()) as town:
        assert [await _fail(town, f"web:{n}") for n in range(10)] == [5] * 10
        before = len(town.codes_for(LAN.email))
        town.clock.pass_(400 * DAY)
        stranger = town.citizen("web:late")
        await stranger.asks_for_a_code(LAN, LAN.email)
        assert "Bước 3/3" in stranger.last.text
        assert len(town.codes_for(LAN.email)) == before
        assert await town.value("SELECT decoy FROM challenges WHERE chat = 'web:late'") == 1
        await town.citizen("web:other").recovers(MAI)
        assert len(town.passwords_for(MAI.email)) == 1


async def test_worn_out_in_the_midst_of_a_run(tmp_path: Path) -> None:
    """The fiftieth wrong code also ends the codes that are already on their way (R08)."""
    async with Town(tmp_path, settings=_settings()) as town:
        waiting = town.citizen("telegram:waiting")
        await waiting.asks_for_a_code(LAN, LAN.phone)
        for n in range(10):
            await _fail(town, f"web:{n}")
        await waiting.says(town.code_for(LAN.phone))
        assert not town.passwords_for(LAN.phone)


async def test_a_right_code_ends_the_streak(tmp_path: Path) -> None:
    """The count of wrong codes in a row begins anew after a right one (R08)."""
    async with Town(tmp_path, settings=_settings()) as town:
        for _ in range(2):
            for n in range(9):
                await _fail(town, f"web:{town.clock.now()}{n}")
            await town.citizen("telegram:owner").recovers()
        assert len(town.passwords_for(LAN.phone)) == 2
