"""A phone changes only when both codes of one run are right and unexpired at the commit (R17)."""

from collections.abc import Awaitable, Callable, Mapping
from itertools import product

import pytest

from tests.bot.procedures.walks import (
    MINUTE,
    NEW,
    NEW_MAIL,
    NEWER,
    Written,
    asks_for_both,
    proves,
    undo_code,
    where,
    written,
)
from tests.bot.town import HUNG, LAN, Citizen, Town, wrong_codes

OLD_SIDE, NEW_SIDE = "old", "new"
ADDRESSES = {OLD_SIDE: LAN.phone, NEW_SIDE: NEW}
RESEND = {OLD_SIDE: "Gửi lại cho số cũ", NEW_SIDE: "Gửi lại cho số mới"}
OTHER = {OLD_SIDE: NEW_SIDE, NEW_SIDE: OLD_SIDE}
Codes = dict[str, str]


def _newest(town: Town, **where_to: str) -> Codes:
    return {side: town.code_for(contact) for side, contact in where_to.items()}


async def _of_another_run(lan: Citizen) -> Codes:
    await asks_for_both(lan)
    found = _newest(lan.town, old=LAN.phone, new=NEW)
    await lan.says("hủy", "dừng hẳn")
    return found


async def _of_another_chat(lan: Citizen) -> Codes:
    await asks_for_both(lan.town.citizen("web:another"))
    return _newest(lan.town, old=LAN.phone, new=NEW)


async def _of_another_account(lan: Citizen) -> Codes:
    await asks_for_both(lan.town.citizen("web:hung"), HUNG)
    return _newest(lan.town, old=HUNG.phone, new=NEW)


async def _of_another_procedure(lan: Citizen) -> Codes:
    """Two other procedures, left where they wait for a code."""
    await lan.asks_for_a_code()
    old = lan.town.code_for(LAN.phone)
    lan.town.clock.pass_(MINUTE)
    await proves(lan)
    await lan.says(NEW_MAIL, "ghi nhận")
    return {OLD_SIDE: old, NEW_SIDE: lan.town.code_for(NEW_MAIL)}


async def _for_another_number(lan: Citizen) -> Codes:
    """In this very run, before the new number was corrected."""
    await asks_for_both(lan, new=NEWER)
    return _newest(lan.town, old=LAN.phone, new=NEWER)


# Codes that are good for something, only not for this.
FOREIGN: Mapping[str, Callable[[Citizen], Awaitable[Codes]]] = {
    "of another run": _of_another_run,
    "of another chat": _of_another_chat,
    "of another account": _of_another_account,
    "of another procedure": _of_another_procedure,
    "for another number": _for_another_number,
}
KINDS = ("right", "expired", "never", *FOREIGN)
# "lapsed": right when it was typed, expired when the other one came.
CASES = [*product(("sqlite",), ADDRESSES, (*KINDS, "lapsed"), KINDS)]
# A server takes longer: there, what goes wrong goes wrong on one side alone.
CASES += [("postgres", *case[1:]) for case in CASES if "right" in case]


async def _foreign(lan: Citizen, kinds: Mapping[str, str]) -> Codes:
    found: Codes = {}
    for kind, fetched in FOREIGN.items():
        if kind in kinds.values():
            codes = await fetched(lan)
            found |= {side: codes[side] for side in kinds if kinds[side] == kind}
            lan.town.clock.pass_(MINUTE + 1)
    return found


async def _asks(lan: Citizen, kinds: Mapping[str, str]) -> Codes:
    """Have both codes of the run sent; what will be typed for each side."""
    typed = await _foreign(lan, kinds)
    if "for another number" in kinds.values():
        await lan.says("quay lại", NEW)
    else:
        await asks_for_both(lan)
    return _newest(lan.town, **ADDRESSES) | typed


async def _waits_for_one_to_expire(lan: Citizen, kinds: Mapping[str, str], typed: Codes) -> None:
    """Five minutes pass; meanwhile a new code is asked for where the right one is to be typed."""
    lan.town.clock.pass_(200)
    for side in kinds:
        if kinds[side] == "right":
            only_one = await where(lan) != "both"
            await lan.taps("Gửi lại mã" if only_one else RESEND[side])
            typed[side] = lan.town.code_for(ADDRESSES[side])
    lan.town.clock.pass_(101)


@pytest.mark.parametrize(("either", "first", "one", "other"), CASES, indirect=["either"])
async def test_only_both_change_the_phone(either: Town, first: str, one: str, other: str) -> None:
    """Every subset, order and expiry of the two codes: only the full set changes anything."""
    lan, kinds = either.citizen(), {first: one, OTHER[first]: other}
    typed = await _asks(lan, kinds)
    if one == "lapsed":
        await lan.says(typed[first])
    if {"lapsed", "expired"} & set(kinds.values()):
        await _waits_for_one_to_expire(lan, kinds, typed)
    for side, kind in kinds.items():
        if kind not in ("never", "lapsed"):
            await lan.says(typed[side])
    assert await written(either) == (CHANGED if (one, other) == ("right", "right") else UNCHANGED)
    assert await _both_are_used(either) is ((one, other) == ("right", "right"))
    assert await either.store.asides(limit=1) == []


UNCHANGED = Written(LAN.phone, LAN.email, [], [], {LAN.phone: 0, LAN.email: 0})
CHANGED = Written(
    phone=NEW,
    email=LAN.email,
    changes=[("phone", LAN.phone, NEW, True)],
    acts=["contact_changed", "contact_change_decided"],
    notices={LAN.phone: 1, LAN.email: 1},
)


async def _both_are_used(town: Town) -> bool:
    """Whether both codes of one run were right, and neither had expired by then."""
    return await town.rows(BOTH_HELD) == [(2,)]


BOTH_HELD = """
SELECT count(*) FROM challenges
WHERE purpose IN ('change_phone', 'new_phone') AND used_at IS NOT NULL
    AND expires_at > (SELECT max(used_at) FROM challenges)
"""


@pytest.mark.parametrize("lapsed", ADDRESSES)
async def test_only_the_lapsed_side_is_asked_again(either: Town, lapsed: str) -> None:
    """Both were right, one had expired by then: that one is asked for again, then it is done."""
    lan, late = either.citizen(), OTHER[lapsed]
    await asks_for_both(lan)
    await lan.says(either.code_for(ADDRESSES[lapsed]))
    either.clock.pass_(200)
    await lan.taps("Gửi lại mã")
    either.clock.pass_(101)
    told = await lan.says(either.code_for(ADDRESSES[late]))
    assert "hết hạn" in told.text
    assert await where(lan) == f"need_{lapsed}"
    assert await written(either) == UNCHANGED
    sent = {side: len(either.codes_for(contact)) for side, contact in ADDRESSES.items()}
    await _has_it_sent(lan, lapsed, sent[lapsed])
    assert len(either.codes_for(ADDRESSES[late])) == sent[late]
    await lan.says(either.code_for(ADDRESSES[lapsed]))
    assert await written(either) == CHANGED


@pytest.mark.parametrize("lapsed", ADDRESSES)
async def test_the_lapsed_code_itself_is_no_use(either: Town, lapsed: str) -> None:
    """Typed once more, the code that has lapsed is told to be expired, and no run ends by it."""
    lan = either.citizen()
    await asks_for_both(lan)
    stale = either.code_for(ADDRESSES[lapsed])
    await lan.says(stale)
    either.clock.pass_(200)
    await lan.taps("Gửi lại mã")
    either.clock.pass_(101)
    await lan.says(either.code_for(ADDRESSES[OTHER[lapsed]]))
    await lan.says(stale)
    assert await where(lan) == f"need_{lapsed}"
    assert await written(either) == UNCHANGED


async def _has_it_sent(citizen: Citizen, side: str, before: int) -> None:
    """Press the button for a new code, unless one has come by itself."""
    if len(citizen.town.codes_for(ADDRESSES[side])) == before:
        await citizen.taps("Gửi lại mã")
    assert len(citizen.town.codes_for(ADDRESSES[side])) == before + 1


async def test_a_new_number_corrected_after_one_code_was_right(either: Town) -> None:
    """What was proved for one new number proves nothing for another; both codes are sent anew."""
    for how in ("quay lại", "nhầm"):
        lan = either.citizen(f"web:{how}")
        await asks_for_both(lan, HUNG, NEWER)
        earlier = either.code_for(HUNG.phone)
        await lan.says(earlier)
        either.clock.pass_(MINUTE + 1)
        await lan.says(*(("quay lại", NEW) if how == "quay lại" else (f"nhầm, là {NEW}",)))
        assert await where(lan) == "both"
        await lan.says(earlier, either.code_for(NEW))
        assert await where(lan) == "need_old"
        assert (await written(either, HUNG)).phone == HUNG.phone
        either.clock.pass_(15 * MINUTE)


async def test_back_and_the_same_number_again(either: Town) -> None:
    """Going back after one right code and keeping the new number, it still works."""
    lan = either.citizen()
    await asks_for_both(lan)
    await lan.says(either.code_for(LAN.phone))
    either.clock.pass_(MINUTE + 1)
    await lan.says("quay lại")
    await lan.taps("Giữ 09xx xxx 678")
    if await where(lan) == "both":
        await lan.says(either.code_for(LAN.phone))
    await lan.says(either.code_for(NEW))
    assert await written(either) == CHANGED


async def test_rounds_of_lapsing_come_to_an_end(either: Town) -> None:
    """Whose codes lapse in turn, again and again, is sent so many and no more; no code revives."""
    hung, used = either.citizen(), set()
    await asks_for_both(hung, HUNG)
    for turn in range(8):
        to = (HUNG.phone, NEW)[turn % 2]
        await hung.says(either.code_for(to))
        used |= set(await either.rows(USED))
        either.clock.pass_(301)
        await hung.says("gửi lại mã")
    assert used <= set(await either.rows(USED))
    assert await where(hung) == ""
    assert (await written(either, HUNG)).changes == []
    assert len(either.codes_for(HUNG.phone)) <= 6


USED = "SELECT slot, run, used_at FROM challenges WHERE used_at IS NOT NULL"


async def test_the_undo_code_is_in_every_notice(either: Town) -> None:
    """Phone and e-mail as they were before get one code, the same, with which to undo it."""
    lan = either.citizen()
    await asks_for_both(lan)
    await lan.says(either.code_for(LAN.phone), either.code_for(NEW))
    assert undo_code(either, LAN.phone) == undo_code(either, LAN.email)
    assert not [text for text in either.sms_to(NEW) if undo_code(either) in text]


async def test_a_wrong_code_counts_on_both(either: Town) -> None:
    """In front of two codes nobody has twice the guesses: five wrong ones end the run."""
    lan = either.citizen()
    await asks_for_both(lan)
    wrong = iter(wrong_codes(either.code_for(LAN.phone)))
    good = {either.code_for(LAN.phone), either.code_for(NEW)}
    for guess in [next(guess for guess in wrong if guess not in good) for _ in range(5)]:
        await lan.says(guess)
    assert await where(lan) == ""
    assert set(await either.rows("SELECT tries, used_at FROM challenges")) == {(5, None)}
    assert await written(either) == UNCHANGED
