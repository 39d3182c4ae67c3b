"""Who asks to change a contact learns nothing of anybody's account (security rules R26, C06)."""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from bot.notifier.parcel import ChatBody
from bot.settings import HumanCheck, Limit, LimitsOf, Settings
from storage.base import Person
from tests.bot.procedures.walks import MINUTE, NEW, NEW_MAIL, proves, where
from tests.bot.test_indistinct import INACTIVE, PEOPLE, WORN, counts, prepare, statements
from tests.bot.town import HUNG, LAN, MAI, NOBODY, Citizen, Town, wrong_codes

# Their numbers are of the same range as the free one, since limits are kept by range.
TAKEN = Person("7900000006", "079085000006", "Có Số Rồi", "", "+84912349999", "co@example.com")
EVERYBODY = (*PEOPLE, TAKEN)
Face = list[tuple[str, list[str], str, bool, str]]
HIDDEN = (
    (re.compile(r"\b[A-Z][2-9]\b"), "<label>"),
    (re.compile(r"\d\d:\d\d( \d\d/\d\d)?"), "<time>"),
    (re.compile(r"\S*x\S* xxx \d{3}|[\w.*]+@[\w.]+\w"), "<contact>"),
    (re.compile(r"\.\.\d{4}"), "<tail>"),
    (re.compile(r"/p/[\w-]{22}"), "<link>"),
)


def _seen(bubbles: Iterable[ChatBody]) -> Face:
    """Bubbles and buttons as they look, but for labels, times, links and what was typed."""
    return [
        (
            _hidden(bubble.text),
            [_hidden(button.label) for button in bubble.buttons],
            bubble.share_phone,
            bool(bubble.picture),
            bubble.erase,
        )
        for bubble in bubbles
    ]


def _hidden(text: str) -> str:
    for shape, name in HIDDEN:
        text = shape.sub(name, text)
    return text


def _right(town: Town, *contacts: str) -> set[str]:
    return {code for contact in contacts for code in town.codes_for(contact)}


def _wrong(town: Town, *contacts: str) -> list[str]:
    """Codes that were sent to none of these."""
    right = _right(town, *contacts)
    return list(islice((each for each in wrong_codes("123456") if each not in right), 8))


# --- what a stranger can do: everything but to read a letter ------------------------------


async def _adds_email(stranger: Citizen, number: str, *_: str) -> None:
    """Ask, guess, ask again, by e-mail, by password, wait until it expires, guess to the end."""
    town = stranger.town
    await stranger.says("thêm email", "đồng ý", number)
    guesses = _wrong(town, *(person.phone for person in PEOPLE))
    await stranger.says(guesses[0])
    await stranger.taps("Gửi lại mã")
    town.clock.pass_(MINUTE + 1)
    await stranger.taps("Gửi lại mã")
    await stranger.taps("Gửi tới email")
    await stranger.says(guesses[1])
    await stranger.taps("Dùng mật khẩu")
    await stranger.says(guesses[2])
    await stranger.taps("Gửi lại mã")
    await stranger.taps("Quay lại")
    town.clock.pass_(5 * MINUTE)
    await stranger.says(number)
    for guess in guesses[2:]:
        await stranger.says(guess)
    await stranger.says("thêm email", "đồng ý", number)


async def _changes_phone(stranger: Citizen, number: str, old: str, new: str) -> None:
    """Ask, guess, ask again for one and for the other, go back, guess to the end."""
    town = stranger.town
    await stranger.says("đổi số điện thoại", "đồng ý", number, old, new)
    guesses = _wrong(town, old, new)
    await stranger.says(guesses[0])
    await stranger.taps("Gửi lại cho số cũ")
    town.clock.pass_(MINUTE + 1)
    await stranger.taps("Gửi lại cho số cũ")
    await stranger.taps("Gửi lại cho số mới")
    await stranger.taps("Quay lại")
    await stranger.taps(f"Giữ {_masked(new)}")
    town.clock.pass_(5 * MINUTE + 1)
    await stranger.says(guesses[1], "gửi lại mã")
    for guess in guesses[2:]:
        await stranger.says(guess)
    await stranger.says("đổi số điện thoại", "đồng ý", number, old, new)


def _masked(phone: str) -> str:
    return f"0{phone[3]}xx xxx {phone[-3:]}"


@dataclass(frozen=True)
class Case:
    """Whom somebody asks for, and who may get a code for it."""

    walk: Callable[..., Awaitable[None]]
    answers: tuple[str, ...]
    told: tuple[str, ...] = ()


EMAILS = {
    "known": Case(_adds_email, (LAN.bhxh_number,), (LAN.phone, LAN.email)),
    "known, by the other number": Case(_adds_email, (LAN.national_id,), (LAN.phone, LAN.email)),
    "known, without an e-mail": Case(_adds_email, (HUNG.bhxh_number,), (HUNG.phone,)),
    "known, without a phone": Case(_adds_email, (MAI.bhxh_number,), (MAI.email,)),
    "unknown": Case(_adds_email, (NOBODY.bhxh_number,)),
    "unknown personal number": Case(_adds_email, (NOBODY.national_id,)),
    "frozen": Case(_adds_email, (INACTIVE.bhxh_number,)),
    "guessed at too often": Case(_adds_email, (WORN.bhxh_number,)),
}
PHONES = {
    "known": Case(_changes_phone, (LAN.bhxh_number, LAN.phone, NEW), (LAN.phone, NEW)),
    "known, by the other number": Case(
        _changes_phone, (LAN.national_id, LAN.phone, NEW), (LAN.phone, NEW)
    ),
    "unknown": Case(_changes_phone, (NOBODY.bhxh_number, NOBODY.phone, NEW)),
    "unknown personal number": Case(_changes_phone, (NOBODY.national_id, NOBODY.phone, NEW)),
    "somebody else's old number": Case(_changes_phone, (LAN.bhxh_number, HUNG.phone, NEW)),
    "nobody's old number": Case(_changes_phone, (LAN.bhxh_number, NOBODY.phone, NEW)),
    "somebody else's new number": Case(_changes_phone, (LAN.bhxh_number, LAN.phone, TAKEN.phone)),
    "unknown, somebody's new number": Case(
        _changes_phone, (NOBODY.bhxh_number, NOBODY.phone, TAKEN.phone)
    ),
    "frozen": Case(_changes_phone, (INACTIVE.bhxh_number, INACTIVE.phone, NEW)),
    "guessed at too often": Case(_changes_phone, (WORN.bhxh_number, WORN.phone, NEW)),
}
CASES = {f"e-mail: {name}": case for name, case in EMAILS.items()}
CASES |= {f"phone: {name}": case for name, case in PHONES.items()}


async def _traces(folder: Path, case: Case) -> tuple[Face, dict[str, int]]:
    """What one walk shows and what it writes; who was written to is looked at, too."""
    async with Town(folder, people=EVERYBODY) as town:
        await prepare(town)
        before = await counts(town)
        stranger = town.citizen()
        await case.walk(stranger, *case.answers)
        written = {table: n - before[table] for table, n in (await counts(town)).items()}
        # A notice to the owner of an account that was guessed at goes out of the prober's sight.
        written.pop("outbound")
        assert await town.store.asides(limit=1) == []
        everybody = {letter.to for letter in (*town.sms.letters, *town.email.letters)}
        assert {to for to in everybody if town.codes_for(to)} == set(case.told)
        return _seen(stranger.bubbles), written


@pytest.mark.parametrize("name", CASES)
async def test_indistinct(tmp_path: Path, name: str) -> None:
    """Whatever is asked for: the same bubbles, buttons and rows; codes to their owners alone."""
    known = CASES[f"{name.partition(':')[0]}: known"]
    folders = tmp_path / "known", tmp_path / "other"
    for folder in folders:
        folder.mkdir()
    seen, written = await _traces(folders[0], known)
    other_seen, other_written = await _traces(folders[1], CASES[name])
    assert len(seen) >= 15
    assert other_seen == seen
    assert other_written == written


TEXTS = {
    "e-mail": ("thêm email", "gửi lại mã", "qua email", "123456", "gửi lại mã"),
    "phone": ("đổi số điện thoại", "gửi lại số cũ", "gửi lại số mới", "123456", "gửi lại mã"),
}


@pytest.mark.parametrize("name", CASES)
async def test_same_statements(tmp_path: Path, name: str) -> None:
    """Whatever is asked for, the database does the same, event by event."""
    kind = name.partition(":")[0]
    begin, *more = TEXTS[kind]
    done: list[list[str]] = []
    for case in (CASES[f"{kind}: known"], CASES[name]):
        folder = tmp_path / f"{len(done)}"
        folder.mkdir()
        async with Town(folder, people=EVERYBODY) as town:
            texts = (begin, "đồng ý", *case.answers, *more * 3)
            done.append(await statements(town, *texts, answers=case.answers))
    assert len(done[0]) > 100
    assert done[1] == done[0]


@pytest.mark.parametrize("kind", ["e-mail", "phone"])
async def test_over_budget(tmp_path: Path, kind: str) -> None:
    """Over budget every kind of account is told the same, and gets no code."""
    limits = LimitsOf(account_flows=(Limit(1, 3600),))
    tight = Settings(limits=limits, human_check=HumanCheck(policy="never"))
    seen: list[Face] = []
    for name in ("known", "unknown", "frozen"):
        (tmp_path / name).mkdir()
        async with Town(tmp_path / name, settings=tight, people=EVERYBODY) as town:
            await prepare(town)
            answers = CASES[f"{kind}: {name}"].answers
            for chat in ("web:1", "web:2"):
                await town.citizen(chat).says(TEXTS[kind][0], "đồng ý", *answers)
                town.clock.pass_(MINUTE + 1)
            assert "tạm dừng" in town.citizen("web:2").last.text
            seen.append(_seen(town.citizen("web:2").bubbles))
            assert len(town.codes_for(LAN.phone)) == (1 if name == "known" else 0)
    assert seen[1:] == seen[:1] * 2


async def _types_a_new_email(citizen: Citizen, email: str) -> Face:
    """What somebody who has proved an account sees on the way to this address."""
    await proves(citizen)
    proven = len(citizen.bubbles)
    town = citizen.town
    await citizen.says(email, "ghi nhận")
    guesses = _wrong(town, email)
    await citizen.says(guesses[0])
    await citizen.taps("Gửi lại mã")
    town.clock.pass_(MINUTE + 1)
    await citizen.taps("Gửi lại mã")
    town.clock.pass_(11 * MINUTE)
    await citizen.says(*guesses[1:])
    assert await where(citizen) == ""
    return _seen(citizen.bubbles[proven:])


async def test_an_email_of_somebody_else(tmp_path: Path) -> None:
    """An address that another account has gets no code, and nothing in the chat tells so."""
    seen = []
    for number, email in enumerate((NEW_MAIL, TAKEN.email)):
        (tmp_path / f"{number}").mkdir()
        async with Town(tmp_path / f"{number}", people=EVERYBODY) as town:
            seen.append(await _types_a_new_email(town.citizen(), email))
            assert bool(town.codes_for(email)) is (email == NEW_MAIL)
            assert town.codes_for(LAN.phone)
    assert seen[0] == seen[1]
