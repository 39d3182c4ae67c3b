"""Nobody can tell from the bot who has an account (security rules R26 and R27)."""

import re
import time
from collections.abc import Container, Iterable
from itertools import islice
from pathlib import Path

import pytest

from bot.budgets import Budgets
from bot.notifier.parcel import ChatBody
from bot.settings import HumanCheck, Limit, LimitsOf, Settings
from flows.model import TEXT, Event
from storage.base import Person
from tests.bot.town import HUNG, LAN, MAI, NOBODY, Citizen, Town, incoming, wrong_codes

INACTIVE = Person("7900000009", "079085000009", "Đã Khóa", "", "+84900000109", "khoa@example.vn")
WORN = Person("7900000008", "079085000008", "Bị Thử Nhiều", "", "+84900000108", "thu@example.vn")
PEOPLE = (LAN, HUNG, MAI, INACTIVE, WORN)
LABEL = re.compile(r"\b[A-Z][2-9]\b")
TIME = re.compile(r"\d\d:\d\d( \d\d/\d\d)?")
CONTACT = re.compile(r"\S*x\S* xxx \d{3}|\S*\*\*\*@\S+")

# Whom somebody asks for, and by which contact; the first one is the real owner.
CASES = {
    "known": (LAN.bhxh_number, LAN.phone),
    "known, by the other number": (LAN.national_id, LAN.phone),
    "unknown account": (NOBODY.bhxh_number, NOBODY.phone),
    "unknown personal number": (NOBODY.national_id, NOBODY.phone),
    "contact of somebody else": (LAN.bhxh_number, HUNG.phone),
    "contact of nobody": (LAN.bhxh_number, NOBODY.phone),
    "inactive": (INACTIVE.bhxh_number, INACTIVE.phone),
    "worn out": (WORN.bhxh_number, WORN.phone),
}
TABLES = (
    "challenges",
    "outbound",
    "transcript",
    "audit",
    "seen",
    "conversations",
    "consents",
    "links",
    "pages",
)


async def prepare(town: Town) -> None:
    """Freeze one account, and let another one have been guessed at too often."""
    account = town.store.index("bhxh", INACTIVE.bhxh_number)
    await town.rows("UPDATE members SET state = 'frozen' WHERE account = ?", account)
    worn = town.store.index("bhxh", WORN.bhxh_number)
    streak = Budgets(town.engine.desk, "telegram:7", worn, "").streak
    await town.rows("INSERT INTO tallies VALUES (?, 0, 50, 0)", streak.key)


async def _walk(citizen: Citizen, number: str, contact: str) -> list[ChatBody]:
    """What a prober can do: ask, guess, ask again, wait until it expires, guess to the end."""
    await citizen.says("quên mật khẩu", "đồng ý", number, contact)
    guesses = islice(wrong_codes(_code(citizen.town, contact)), 6)
    await citizen.says(next(guesses), next(guesses))
    await citizen.taps("Gửi lại mã")
    citizen.town.clock.pass_(61)
    await citizen.taps("Gửi lại mã")
    citizen.town.clock.pass_(301)
    await citizen.says(next(guesses))
    await citizen.says(*guesses)
    await citizen.says("quên mật khẩu", "đồng ý", number, contact)
    return citizen.bubbles


def _code(town: Town, contact: str) -> str:
    return town.code_for(contact) if town.codes_for(contact) else "000000"


def face(bubbles: Iterable[ChatBody]) -> list[object]:
    """Bubbles as they look, but for labels, times and the contact the prober typed."""
    return [
        (
            CONTACT.sub("<contact>", LABEL.sub("<label>", TIME.sub("<time>", bubble.text))),
            [button.label for button in bubble.buttons],
            bubble.share_phone,
            bool(bubble.picture),
            bubble.erase,
        )
        for bubble in bubbles
    ]


async def _traces(town: Town, number: str, contact: str) -> tuple[list[object], dict[str, int]]:
    """What one walk shows and what it writes."""
    await prepare(town)
    before = await counts(town)
    bubbles = await _walk(town.citizen(), number, contact)
    written = {table: n - before[table] for table, n in (await counts(town)).items()}
    # A notice to the owner of an account that was guessed at goes out of the prober's sight.
    written.pop("outbound")
    return face(bubbles), written


async def counts(town: Town) -> dict[str, int]:
    """How many rows there are, table by table."""
    rows = {each: await town.value(f"SELECT count(*) FROM {each}") for each in TABLES}  # noqa: S608
    return rows | {"hits": await town.value("SELECT coalesce(sum(n), 0) FROM tallies")}


async def statements(town: Town, *texts: str, answers: Container[str] = ()) -> list[str]:
    """What the turn of each text makes the database do; nothing is delivered meanwhile.

    answers: those of the texts in which what is asked for differs from case to case.
    """
    done: list[str] = []
    await prepare(town)
    citizen = town.citizen()
    await town.store._look(lambda db: db.set_trace_callback(done.append))
    for text in texts:
        await citizen.puts(Event(TEXT, text))
        done.append(f"--- {text if text not in answers else 'answer'}")
        town.clock.pass_(50)
    await town.store._look(lambda db: db.set_trace_callback(None))
    return [" ".join(text.split()[:3]) for text in done]


@pytest.mark.parametrize("case", list(CASES)[1:])
async def test_indistinct(tmp_path: Path, case: str) -> None:
    """Every kind of identifier gets the same bubbles and the same rows written."""
    traces = []
    for name in ("known", case):
        (tmp_path / name).mkdir()
        async with Town(tmp_path / name, people=PEOPLE) as town:
            traces.append(await _traces(town, *CASES[name]))
    (shown, written), (other_shown, other_written) = traces
    assert len(shown) >= 15
    assert other_shown == shown
    assert other_written == written


@pytest.mark.parametrize("case", list(CASES)[1:])
async def test_same_statements(tmp_path: Path, case: str) -> None:
    """Every kind of identifier makes the database do the same, event by event."""
    done = []
    guesses = ["123456", "gửi lại mã"] * 6
    for name in ("known", case):
        (tmp_path / name).mkdir()
        async with Town(tmp_path / name, people=PEOPLE) as town:
            texts = ("quên mật khẩu", "đồng ý", *CASES[name], *guesses)
            done.append(await statements(town, *texts, answers=CASES[name]))
    assert len(done[0]) > 100
    assert done[1] == done[0]


@pytest.mark.parametrize("case", list(CASES))
async def test_rows_until_the_code(tmp_path: Path, case: str) -> None:
    """Up to the question for the code even the messages are as many; decoys never leave."""
    async with Town(tmp_path, people=PEOPLE) as town:
        await prepare(town)
        before = await counts(town)
        await town.citizen().says("quên mật khẩu", "đồng ý", *CASES[case])
        written = {table: n - before[table] for table, n in (await counts(town)).items()}
        assert (written["outbound"], written["challenges"], written["audit"]) == (5, 1, 2)
        real = case.startswith("known")
        assert len(town.sms.tried) == (1 if real else 0)


async def test_over_budget(tmp_path: Path) -> None:
    """Over budget a known and an unknown account are told the same."""
    tight = Settings(
        limits=LimitsOf(account_flows=(Limit(1, 3600),)), human_check=HumanCheck(policy="never")
    )
    faces = []
    for name in ("known", "unknown account"):
        (tmp_path / name).mkdir()
        async with Town(tmp_path / name, settings=tight) as town:
            number, contact = CASES[name]
            for chat in ("web:1", "web:2"):
                await town.citizen(chat).says("quên mật khẩu", "đồng ý", number, contact)
            assert "tạm dừng" in town.citizen("web:2").last.text
            faces.append(face(town.citizen("web:2").bubbles))
    assert faces[0] == faces[1]


async def test_time_does_not_tell(tmp_path: Path) -> None:
    """Time does not tell a known account from an unknown one where it is looked up (R27)."""
    wide = (Limit(100_000, 3600),)
    roomy = dict.fromkeys(
        (
            "destination_sends",
            "account_flows",
            "chat_flows",
            "prefix_sends",
            "prefix_trial",
            "system_sends",
        ),
        wide,
    )
    settings = Settings(limits=LimitsOf(**roomy), human_check=HumanCheck(policy="never"))
    people = [
        Person(f"71{n:08d}", phone=f"+8490{n:07d}", email=f"p{n}@example.vn") for n in range(840)
    ]
    times: dict[bool, list[float]] = {True: [], False: []}
    async with Town(tmp_path, settings=settings, people=people) as town:
        for n, person in enumerate(people):
            known = n % 2 == 0
            number = person.bhxh_number if known else f"72{n:08d}"
            chat = f"web:{n}"
            for text in ("quên mật khẩu", "đồng ý", number):
                await town.engine.batches.put(incoming(chat, Event(TEXT, text)))
            begun = time.perf_counter()
            await town.engine.batches.put(incoming(chat, Event(TEXT, person.phone)))
            if n >= 40:
                times[known].append(time.perf_counter() - begun)
        decoys = await town.value("SELECT count(*) FROM challenges WHERE decoy")
    assert decoys == 420
    area = _area(times[True], times[False])
    assert 0.42 < area < 0.58


def _area(one: list[float], other: list[float]) -> float:
    """Mann-Whitney: how often a time of the one is above a time of the other."""
    above = sum((a > b) + (a == b) / 2 for a in one for b in other)
    return above / (len(one) * len(other))
