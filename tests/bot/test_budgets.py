"""Every budget through the whole turn, at its edge, with the time told and nothing sent."""

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import HumanCheck, Limit, LimitsOf, Settings
from storage.base import Person
from tests.bot.town import HUNG, LAN, MAI, MORNING, NOBODY, Town

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
        "prefix_trial",
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
        sent = []
        for n in range(4):
            sent.append(await _ask(town, f"web:{n}", LAN.bhxh_number, LAN.phone))
            town.clock.pass_(61)
        assert sent == [1, 1, 1, 0]


# --- money ---------------------------------------------------------------------------


@pytest.mark.parametrize(("vnd", "sms"), [(700, 1), (1399, 1), (1400, 2), (2100, 3)])
async def test_the_bill_of_a_day(tmp_path: Path, vnd: int, sms: int) -> None:
    """No more SMS with codes in a day than the money buys; the time told is the truth (R06)."""
    async with Town(tmp_path, settings=_paid(vnd, 700), people=_neighbours(4)) as town:
        await _edge(town, [(f"web:{n}", who) for n, who in enumerate(town.people[: sms + 1])], DAY)


async def test_the_bill_is_for_sms_alone(tmp_path: Path) -> None:
    """An e-mail costs nothing: it neither counts nor waits (R06)."""
    async with Town(tmp_path, settings=_paid(1400, 700)) as town:
        for n in range(3):
            await town.citizen(f"web:{n}").asks_for_a_code(LAN, LAN.email)
        sent = [await _ask(town, f"web:{n}", LAN.bhxh_number, LAN.phone) for n in (4, 5, 6)]
        assert sent == [1, 1, 0]
        await town.citizen("web:7").asks_for_a_code(MAI)
        assert len(town.codes_for(LAN.email) + town.codes_for(MAI.email)) == 4


async def test_the_bill_of_decoys(tmp_path: Path) -> None:
    """What would be sent to nobody costs as much, so the end of the money tells nothing (R26)."""
    async with Town(tmp_path, settings=_paid(1400, 700)) as town:
        await _ask(town, "web:1", NOBODY.bhxh_number, NOBODY.phone)
        sent = [await _ask(town, f"web:{n}", LAN.bhxh_number, LAN.phone) for n in (2, 3)]
        assert sent == [1, 0]


async def test_the_bill_is_alarmed_once(tmp_path: Path) -> None:
    """The SMS that spends the last of the money says so in the log, those refused do not (R06)."""
    async with Town(tmp_path, settings=_paid(1400, 700), people=_neighbours(5)) as town:
        with structlog.testing.capture_logs() as logs:
            for n, who in enumerate(town.people):
                await _ask(town, f"web:{n}", who.bhxh_number, who.phone)
        assert logs == [
            {
                "event": "codes by SMS stopped: limits.vnd_per_day is spent",
                "sms": 2,
                "log_level": "error",
            }
        ]


# --- number ranges that never answer -------------------------------------------------


async def _recover(town: Town, chat: str, who: Person) -> None:
    """Ask for a code and type it rightly."""
    await town.citizen(chat).recovers(who)


@pytest.mark.parametrize(("proved", "sends"), [(0, 5), (1, 6), (2, 11)])
async def test_range_without_answers(tmp_path: Path, proved: int, sends: int) -> None:
    """From the fifth code on a range gets no more than five for each one typed rightly (R06)."""
    tight = _settings(prefix_trial=(Limit(5, DAY),))
    async with Town(tmp_path, settings=tight, people=_neighbours(13)) as town:
        for n, who in enumerate(town.people[:proved]):
            await _recover(town, f"web:{n}", who)
        asks = [(f"web:{n}", who) for n, who in enumerate(town.people)][proved : sends + 1]
        await _edge(town, asks, DAY)


async def test_range_of_decoys(tmp_path: Path) -> None:
    """Codes that would go to nobody count, wrong codes prove nothing, other ranges go on (R06)."""
    tight = _settings(prefix_trial=(Limit(2, DAY),))
    async with Town(tmp_path, settings=tight, people=(LAN, MAI, *_neighbours(1))) as town:
        await _ask(town, "web:1", NOBODY.bhxh_number, NOBODY.phone)
        stranger = town.citizen("web:2")
        await stranger.asks_for_a_code()
        await stranger.guesses_wrong(2)
        assert await _ask(town, "web:3", LAN.bhxh_number, LAN.phone) == 0
        assert "tạm dừng đến" in town.citizen("web:3").last.text
        elsewhere = Person("7920000001", phone="+84911000001")
        await town.store.add_members([elsewhere])
        assert await _ask(town, "web:4", elsewhere.bhxh_number, elsewhere.phone) == 1
        await town.citizen("web:5").recovers(MAI)


async def test_range_is_alarmed_once(tmp_path: Path) -> None:
    """The code after which a range is stopped says so in the log, and not which range (R06)."""
    tight = _settings(prefix_trial=(Limit(2, DAY),))
    async with Town(tmp_path, settings=tight, people=_neighbours(4)) as town:
        with structlog.testing.capture_logs() as logs:
            for n, who in enumerate(town.people):
                await _ask(town, f"web:{n}", who.bhxh_number, who.phone)
        assert [(line["log_level"], "range" in line["event"]) for line in logs] == [
            ("error", True)
        ]
        assert "8490" not in str(logs)


# --- all of them together ------------------------------------------------------------

TOGETHER: dict[str, tuple[Limit, ...]] = {
    "destination_sends": (Limit(1, 60), Limit(2, 900)),
    "prefix_sends": (Limit(4, HOURS),),
    "prefix_trial": (Limit(3, DAY),),
}
ANYBODY = st.tuples(
    st.integers(0, 3),  # whose chat
    st.integers(0, 2),  # for whom
    st.sampled_from([0, 1, 30, 59, 61, 300, 900, HOURS]),  # seconds before
    st.booleans(),  # types the code, if one comes
)


@hypothesis.settings(max_examples=25)
@given(st.lists(ANYBODY, max_size=14))
async def test_never_more_at_the_gateway(asks: list[tuple[int, int, int, bool]]) -> None:
    """Whoever asks for whom and when, no window at the gateway holds more than it may (R06)."""
    people, arrived = _neighbours(3), list[tuple[float, str]]()
    with tempfile.TemporaryDirectory() as folder:
        async with Town(
            Path(folder), settings=_paid(3500, 700, **TOGETHER), people=people
        ) as town:
            for chat, whom, pause, types in asks:
                town.clock.pass_(pause)
                at, who, before = town.clock.now(), people[whom], len(town.sms.letters)
                citizen = town.citizen(f"web:{chat}")
                await citizen.asks_for_a_code(who)
                arrived += [(at, letter.to) for letter in town.sms.letters[before:]]
                if types and len(town.sms.letters) > before:
                    await citizen.says(town.code_for(who.phone))
                elif "tạm dừng" not in citizen.last.text:
                    await citizen.says("dừng lại", "dừng hẳn")
    for who in people:
        to = [at for at, phone in arrived if phone == who.phone]
        assert _most(to, 60) <= 1
        assert _most(to, 900) <= 2
    assert _most([at for at, _ in arrived], HOURS) <= 4
    assert _most([at for at, _ in arrived], DAY) <= 5


def _most(times: list[float], window: int) -> int:
    """The most that came within any window of so many seconds."""
    return max((sum(at - window < each <= at for each in times) for at in times), default=0)


def _paid(vnd: int, each: int, **tight: tuple[Limit, ...]) -> Settings:
    limits = LimitsOf(**(ROOMY | tight), vnd_per_day=vnd, vnd_per_sms=each)
    return Settings(limits=limits, human_check=HumanCheck(policy="never"))


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
