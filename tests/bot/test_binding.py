"""A code opens the account it was asked for, and no other; knowledge opens none (R11, R28)."""

from bot import codes
from storage.base import Challenge, Member
from tests.bot.town import HUNG, LAN, NOBODY, Citizen, Town


async def _member(town: Town, number: str = LAN.bhxh_number) -> Member:
    async with town.store.unit(now=town.clock.now()) as unit:
        return (await unit.members([number]))[number]


async def test_corrected_account(town: Town, lan: Citizen) -> None:
    """Whoever corrects the account number at the code's step gets a code that works."""
    await lan.asks_for_a_code(HUNG, LAN.phone)
    assert not town.codes_for(LAN.phone)
    town.clock.pass_(61)
    await lan.says(f"nhầm, số BHXH là {LAN.bhxh_number}", LAN.phone)
    await lan.says(town.code_for(LAN.phone))
    assert len(town.passwords_for(LAN.phone)) == 1


async def test_corrected_back_and_forth(town: Town, lan: Citizen) -> None:
    """After going back to another account and again to one's own, the newest code works."""
    await lan.asks_for_a_code()
    for number in (HUNG.bhxh_number, LAN.bhxh_number):
        town.clock.pass_(61)
        await lan.taps("Quay lại")
        await lan.taps("Quay lại")
        await lan.says(number, LAN.phone)
    assert len(town.codes_for(LAN.phone)) == 2
    await lan.says(town.code_for(LAN.phone))
    assert len(town.passwords_for(LAN.phone)) == 1


async def test_one_s_own_code_opens_no_other_account(town: Town) -> None:
    """A code for one's own account is wrong for the account named after it (R11)."""
    thief = town.citizen("telegram:666")
    await thief.asks_for_a_code(HUNG)
    await thief.taps("Quay lại")
    await thief.taps("Quay lại")
    town.clock.pass_(61)
    await thief.says(LAN.bhxh_number, HUNG.phone, town.code_for(HUNG.phone))
    assert (await _member(town)).password_hash == ""
    assert not town.passwords_for(HUNG.phone)
    assert (await town.rows("SELECT tries FROM challenges")) == [(1,)]


async def test_kept_contact_opens_no_other_account(town: Town) -> None:
    """The same, with the contact kept by its button."""
    thief = town.citizen("telegram:666")
    await thief.asks_for_a_code(HUNG)
    await thief.taps("Quay lại")
    await thief.taps("Quay lại")
    town.clock.pass_(61)
    await thief.says(LAN.bhxh_number)
    await thief.taps("Giữ 09xx xxx 102")
    assert "Bước 3/3" in thief.last.text
    await thief.says(town.code_for(HUNG.phone))
    assert not town.passwords_for(HUNG.phone)


async def test_knowledge_alone_does_nothing(town: Town, lan: Citizen) -> None:
    """Whoever knows every number of a person, but has no code, learns and changes nothing."""
    await lan.says("quên mật khẩu", "đồng ý", LAN.bhxh_number, LAN.phone)
    await lan.says(LAN.national_id, LAN.birth_date, LAN.full_name, "000000")
    assert (await _member(town)).password_hash == ""
    said = " ".join(bubble.text for bubble in lan.bubbles)
    shown = (LAN.full_name, LAN.birth_date, LAN.email, LAN.agency, LAN.national_id)
    assert not [datum for datum in shown if datum in said]


async def test_nothing_on_file_for_a_stranger(town: Town, lan: Citizen) -> None:
    """Nobody on file: not one SMS or e-mail leaves, whatever is typed."""
    await lan.asks_for_a_code(NOBODY)
    await lan.says("123456")
    await lan.taps("Gửi lại mã")
    assert not town.sms.tried
    assert not town.email.tried


# Three things keep a code to its account: changed answers withdraw it, a code is sent anew
# for another account, and one that does not fit is never right. Each must do so alone.


async def _plant(town: Town, victim: Citizen) -> str:
    """Give the victim's run a live code of the thief's own; its digits."""
    thief = town.citizen("telegram:666")
    await thief.asks_for_a_code(HUNG)
    own = "(SELECT {0} FROM challenges WHERE chat = 'telegram:666')"
    columns = ("account", "destination", "decoy", "expires_at", "sent_at")
    values = ", ".join(f"{column} = {own.format(column)}" for column in columns)
    await town.rows(f"UPDATE challenges SET {values} WHERE chat = ?", victim.chat)  # noqa: S608
    query = "SELECT * FROM challenges WHERE chat = ?"
    planted = Challenge(*(await town.rows(query, victim.chat))[0])
    return codes.digits(town.engine.desk.keys.code, planted)


async def test_a_planted_code_is_wrong(town: Town, lan: Citizen) -> None:
    """Even where the run holds a live code for another account, it is counted and wrong."""
    await lan.asks_for_a_code()
    await lan.says(await _plant(town, lan))
    assert "Mã chưa đúng" in lan.last.text
    assert not town.passwords_for(LAN.phone)


async def test_a_planted_code_is_replaced(town: Town, lan: Citizen) -> None:
    """Even where the run holds a fresh code for another account, a new one is sent."""
    await lan.asks_for_a_code()
    town.clock.pass_(61)
    await _plant(town, lan)
    await town.rows(
        "UPDATE challenges SET destination = ? WHERE chat = ?",
        town.engine.desk.contact_index(LAN.phone),
        lan.chat,
    )
    await lan.taps("Quay lại")
    await lan.taps("Giữ 09xx xxx 101")
    assert len(town.codes_for(LAN.phone)) == 2
    await lan.says(town.code_for(LAN.phone))
    assert len(town.passwords_for(LAN.phone)) == 1
