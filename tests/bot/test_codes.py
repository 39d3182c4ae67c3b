"""One-time codes: bound to everything, uniform, short-lived, counted before compared."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot import codes
from storage.base import Challenge
from tests.bot.town import LAN, MAI, MORNING, Citizen, Town, wrong_codes

KEY = b"k" * 32
PLAIN = Challenge(
    chat="telegram:1",
    run=2,
    slot="code",
    purpose="recover_password",
    account=b"a" * 16,
    destination=b"d" * 16,
    counter=1,
    sent_at=0.0,
    expires_at=300.0,
    tries=0,
    used_at=None,
    void_at=None,
    decoy=False,
)
BOUND = {
    "chat": "telegram:2",
    "run": 3,
    "slot": "code2",
    "purpose": "change_phone",
    "account": b"b" * 16,
    "destination": b"e" * 16,
    "counter": 2,
}


@pytest.mark.parametrize("field", BOUND)
def test_bound(field: str) -> None:
    """Changing any one thing a code is bound to makes it another code (R11)."""
    differ = 0
    for run in range(1, 51):
        one = replace(PLAIN, run=run)
        other = replace(one, **{field: BOUND[field] if field != "run" else run + 1000})
        differ += codes.digits(KEY, one) != codes.digits(KEY, other)
        right = codes.digits(KEY, one)
        if codes.digits(KEY, other) != right:
            result, changed = codes.check(KEY, other, right, now=1, tries=5)
            assert result.result in {"wrong", "old"}
            assert changed is not None
            assert changed.tries == 1
    assert differ >= 49


def test_bound_to_the_key() -> None:
    """Another key file makes other codes."""
    assert codes.digits(KEY, PLAIN) != codes.digits(b"l" * 32, PLAIN)


def test_fields_do_not_run_together() -> None:
    """Moving a letter from one bound field to the next makes another code."""
    one = replace(PLAIN, chat="telegram:1", slot="1code")
    other = replace(PLAIN, chat="telegram:11", slot="code")
    assert codes.digits(KEY, one) != codes.digits(KEY, other)


def test_uniform() -> None:
    """5 000 codes: every place uniform (chi-square, p > 1e-4), leading zeros as they fall."""
    drawn = [codes.digits(KEY, replace(PLAIN, run=run)) for run in range(5000)]
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in drawn)
    for place in range(6):
        seen = Counter(code[place] for code in drawn)
        square = sum((seen[digit] - 500) ** 2 / 500 for digit in "0123456789")
        assert square < 33.7, (place, square)  # 9 degrees of freedom
    assert 0.08 < sum(code.startswith("0") for code in drawn) / 5000 < 0.12
    assert len(set(drawn)) > 4950


@given(st.integers(0, 5), st.lists(st.sampled_from(["right", "wrong"]), max_size=12))
def test_never_more_than_five(tries: int, guesses: list[str]) -> None:
    """However guesses are mixed, five are evaluated and at most one is right."""
    challenge = replace(PLAIN, tries=tries)
    right = codes.digits(KEY, challenge)
    typed = {"right": right, "wrong": next(iter(wrong_codes(right)))}
    results = []
    for guess in guesses:
        result, changed = codes.check(KEY, challenge, typed[guess], now=1, tries=5)
        results.append(result.result)
        if changed:
            assert changed.tries == challenge.tries + 1
            challenge = changed
    assert challenge.tries <= 5
    assert results.count("right") <= 1
    allowed = guesses[: 5 - tries]
    assert ("right" in results) == ("right" in allowed)


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ({"used_at": 5.0}, "void"),
        ({"void_at": 5.0}, "void"),
        ({"tries": 5}, "spent"),
        ({"expires_at": 1.0}, "expired"),
        ({"decoy": True}, "wrong"),
    ],
)
def test_right_digits_are_not_enough(change: dict[str, object], result: str) -> None:
    """The right digits of a used, void, spent, expired or decoy challenge are refused."""
    challenge = replace(PLAIN, **change)
    found, _ = codes.check(KEY, challenge, codes.digits(KEY, challenge), now=1, tries=5)
    assert found.result == result


def test_no_challenge() -> None:
    """A code nobody was sent is void and changes nothing."""
    assert codes.check(KEY, None, "123456", now=1, tries=5)[1] is None


def test_bubble_marks() -> None:
    """The mark on a bubble's buttons is 128 bits and belongs to one chat and one bubble."""
    marks = {codes.bubble_mark(KEY, chat, turn) for chat in ("a", "b") for turn in (1, 2)}
    assert len(marks) == 4
    assert all(len(bytes.fromhex(mark)) == 16 for mark in marks)


# --- through the whole turn ----------------------------------------------------------


@pytest.mark.parametrize(("contact", "life"), [(LAN.phone, 300), (LAN.email, 600)])
@pytest.mark.parametrize("late", [False, True])
async def test_life(old_town: Town, contact: str, life: int, *, late: bool) -> None:
    """A code holds until a second before its end and not a second after, restart or not (R02)."""
    lan = old_town.citizen()
    await lan.asks_for_a_code(LAN, contact)
    ((sent_at, end),) = await old_town.rows("SELECT sent_at, expires_at FROM challenges")
    assert end - sent_at == life
    code = old_town.code_for(contact)
    await old_town.restarts()
    old_town.clock.reach(end + (1 if late else -1))
    await lan.says(code)
    assert len(old_town.passwords_for(contact)) == (0 if late else 1)


async def test_resend_not_before_a_minute(town: Town, lan: Citizen) -> None:
    """No code again within 60 seconds, and at the time that is told there is one (R05)."""
    await lan.asks_for_a_code()
    sent_at = await town.value("SELECT sent_at FROM challenges")
    town.clock.reach(sent_at + 59)
    assert "Chờ đến 09:02" in (await lan.taps("Gửi lại mã")).text
    assert len(town.codes_for(LAN.phone)) == 1
    town.clock.reach(MORNING + 120)
    await lan.taps("Gửi lại mã")
    assert len(town.codes_for(LAN.phone)) == 2


async def test_resend_voids_and_carries_the_count(town: Town, lan: Citizen) -> None:
    """The old code is void as soon as the new one is asked for, and guesses stay counted (R05)."""
    await lan.asks_for_a_code()
    old = town.code_for(LAN.phone)
    await lan.guesses_wrong(2)
    town.clock.pass_(61)
    await lan.taps("Gửi lại mã")
    assert "mã cũ. Còn 2 lần" in (await lan.says(old)).text
    assert not town.passwords_for(LAN.phone)
    await lan.guesses_wrong(2)
    assert "Đã thử sai nhiều lần" in lan.last.text
    assert await town.rows("SELECT tries, used_at FROM challenges") == [(5, None)]
    await lan.says(town.code_for(LAN.phone))
    assert not town.passwords_for(LAN.phone)


async def test_three_sendings_a_run(town: Town, lan: Citizen) -> None:
    """One run sends three codes and not a fourth, also long after the third has expired (R05)."""
    await lan.asks_for_a_code(MAI)
    for _ in range(2):
        town.clock.pass_(599)
        await lan.taps("Gửi lại mã")
    assert len(town.codes_for(MAI.email)) == 3
    town.clock.pass_(1200)
    await lan.says("123456")
    assert len(town.codes_for(MAI.email)) == 3
    assert "tạm dừng" in lan.last.text


async def test_expired_code_is_sent_anew(town: Town, lan: Citizen) -> None:
    """Typing an expired code brings a new one, which works."""
    await lan.asks_for_a_code()
    old = town.code_for(LAN.phone)
    town.clock.pass_(301)
    assert "hết hạn" in (await lan.says(old)).text
    await lan.says(town.code_for(LAN.phone))
    assert len(town.passwords_for(LAN.phone)) == 1


async def test_six_guesses(town: Town, lan: Citizen) -> None:
    """The sixth guess is not evaluated, even if it is right (R04)."""
    await lan.asks_for_a_code()
    await lan.guesses_wrong(5)
    await lan.says(town.code_for(LAN.phone))
    assert await town.value("SELECT tries FROM challenges") == 5
    assert not town.passwords_for(LAN.phone)


async def test_label(town: Town, lan: Citizen) -> None:
    """Bubble and SMS name the same code, and a new one has another label."""
    await lan.asks_for_a_code()
    row = "SELECT * FROM challenges"
    first = Challenge(*(await town.rows(row))[0])
    assert codes.label(town.engine.desk.keys.code, first) in lan.last.text
    assert f"ma {codes.label(town.engine.desk.keys.code, first)} " in town.sms_to(LAN.phone)[0]
