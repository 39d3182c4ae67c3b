"""The whole way through the turn: what a citizen does, and what must come of it."""

from bot.notices import AFTER_THE_BUBBLE
from flows.model import CONTACT, TEXT, Event
from storage.base import Member
from tests.bot.town import LAN, MAI, Citizen, Town, incoming, wrong_codes

VOID = "vừa được thay đổi ở một cuộc trò chuyện khác"


async def _member(town: Town, number: str = LAN.bhxh_number) -> Member:
    async with town.store.unit(now=town.clock.now()) as unit:
        return (await unit.members([number]))[number]


async def test_five_messages(town: Town, lan: Citizen) -> None:
    """A citizen recovers a password with exactly five own messages."""
    done = await lan.recovers()
    assert lan.sent == 5
    assert done.text.startswith("Xong. Mật khẩu tạm gửi tới 09xx xxx 101")  # born in 1960
    assert len(lan.bubbles) == 5
    (password,) = town.passwords_for(LAN.phone)
    member = await _member(town)
    assert member.must_change
    assert member.password_until == town.clock.now() - AFTER_THE_BUBBLE + 24 * 3600
    assert password not in member.password_hash


async def test_email_path(town: Town, lan: Citizen) -> None:
    """Code and password go to the e-mail when that was named, and none to the phone."""
    await lan.recovers(LAN, LAN.email)
    assert len(town.codes_for(LAN.email)) == len(town.passwords_for(LAN.email)) == 1
    assert not town.codes_for(LAN.phone)
    assert not town.passwords_for(LAN.phone)


async def test_personal_number(town: Town, lan: Citizen) -> None:
    """The 12-digit number stands for the same account."""
    await lan.says("quên mật khẩu", "đồng ý", LAN.national_id, LAN.phone)
    await lan.says(town.code_for(LAN.phone))
    assert (await _member(town)).must_change


async def test_card(town: Town, lan: Citizen) -> None:
    """A health-insurance card's number is read, and used once its owner agrees."""
    asked = await lan.says("quên mật khẩu", "đồng ý", f"DN 4 79 {LAN.bhxh_number}")
    assert LAN.bhxh_number in asked.text
    await lan.taps("Đồng ý")
    await lan.says(LAN.phone)
    await lan.says(town.code_for(LAN.phone))
    assert len(town.passwords_for(LAN.phone)) == 1


async def test_shared_phone(town: Town, lan: Citizen) -> None:
    """The citizen's own number, shared by the platform, is the contact, and never the proof."""
    await lan.says("quên mật khẩu", "đồng ý", LAN.bhxh_number)
    assert lan.last.share_phone
    await lan.shares_phone(LAN.phone)
    assert len(town.codes_for(LAN.phone)) == 1
    assert not (await _member(town)).must_change


async def test_every_verified_address_is_told(town: Town, lan: Citizen) -> None:
    """Phone and e-mail are told of a recovered password, in the same transaction (R20)."""
    await lan.recovers()
    assert any("vua duoc lay lai" in text for text in town.sms_to(LAN.phone))
    assert any("vừa được lấy lại" in text for text in town.post_for(LAN.email))
    told = {letter.to for letter in (*town.sms.letters, *town.email.letters)}
    assert told == {LAN.phone, LAN.email}


async def test_linked_chats_are_told(town: Town, lan: Citizen) -> None:
    """A chat that proved the account is remembered and told when another one does."""
    await lan.recovers()
    assert await town.rows("SELECT chat FROM links") == [("telegram:7",)]
    town.clock.pass_(61)
    stranger = town.citizen("web:stranger")
    await stranger.recovers()
    assert "vừa được lấy lại" in lan.last.text
    assert all("vừa được lấy lại" not in bubble.text for bubble in stranger.bubbles)


async def test_first_failed_run_is_told_once_a_day(town: Town, lan: Citizen) -> None:
    """The first run that ends locked tells every address; a second one that day does not."""
    for _ in range(2):
        await lan.asks_for_a_code()
        await lan.guesses_wrong(5)
        town.clock.pass_(3600)
    assert sum("go sai ma" in text for text in town.sms_to(LAN.phone)) == 1
    assert sum("gõ sai mã" in text for text in town.post_for(LAN.email)) == 1
    kinds = await town.rows("SELECT kind FROM audit")
    assert kinds.count(("tries_spent",)) == 1


async def test_forwarded_code(town: Town, lan: Citizen) -> None:
    """A forwarded code is not taken and costs no try (R14)."""
    await lan.asks_for_a_code()
    await lan.says(town.code_for(LAN.phone), fresh=False)
    assert await town.value("SELECT tries FROM challenges") == 0
    assert not town.passwords_for(LAN.phone)


async def test_malformed_codes_cost_nothing(town: Town, lan: Citizen) -> None:
    """What is not six ASCII digits is never compared (R09, R13); spaces and dashes are."""
    await lan.asks_for_a_code()
    code = town.code_for(LAN.phone)
    await lan.says("１２３４５６", "٠١٢٣٤٥", "12345", "1234567", "", "😀", "a" * 4096, "\u202e123")
    assert await town.value("SELECT tries FROM challenges") == 0
    await lan.says(f"{code[:3]}-{code[3:]}")
    assert len(town.passwords_for(LAN.phone)) == 1


async def test_one_chat_completes_the_others_are_void(town: Town) -> None:
    """Of three chats open on one account, by either number, one completes (R22)."""
    first, second, third = (town.citizen(f"telegram:{number}") for number in (1, 2, 3))
    await first.asks_for_a_code()
    town.clock.pass_(61)
    await second.says("quên mật khẩu", "đồng ý", LAN.national_id, LAN.phone)
    await third.asks_for_a_code(LAN, LAN.email)
    codes = [*town.codes_for(LAN.phone), town.code_for(LAN.email)]
    await first.says(codes[0])
    for other, code in ((second, codes[1]), (third, codes[2])):
        assert VOID in (await other.says(code)).text
    assert len(town.passwords_for(LAN.phone)) == 1


async def test_a_void_run_gets_no_new_code(town: Town) -> None:
    """A run that another chat overtook cannot go on with a resent code (R22)."""
    first, second = town.citizen("telegram:1"), town.citizen("telegram:2")
    await first.asks_for_a_code()
    await second.asks_for_a_code(LAN, LAN.email)
    await first.says(town.code_for(LAN.phone))
    town.clock.pass_(120)
    await second.taps("Gửi lại mã")
    assert len(town.codes_for(LAN.email)) == 1
    await second.says(town.code_for(LAN.email))
    assert not town.passwords_for(LAN.email)


async def test_two_chats_on_one_account_in_one_batch(town: Town) -> None:
    """Right codes of two chats on one account, at once: one after the other, one password."""
    first, second = town.citizen("telegram:1"), town.citizen("telegram:2")
    await first.asks_for_a_code()
    await second.asks_for_a_code(LAN, LAN.email)
    events = [
        incoming(first.chat, Event(TEXT, town.code_for(LAN.phone))),
        incoming(second.chat, Event(TEXT, town.code_for(LAN.email))),
    ]
    taken = await town.engine.turns.take(events)
    assert taken.waiting == events[1:]
    assert not taken.refused
    assert not (await town.engine.turns.take(taken.waiting)).waiting
    await town.deliver()
    assert [len(town.passwords_for(to)) for to in (LAN.phone, LAN.email)] == [1, 0]
    assert VOID in second.last.text


async def test_one_batch_of_many_chats(town: Town) -> None:
    """Chats on different accounts are taken in one batch and do not touch each other."""
    citizens = {person: town.citizen(f"web:{number}") for number, person in enumerate((LAN, MAI))}
    for person, citizen in citizens.items():
        await citizen.asks_for_a_code(person)
    right = incoming("web:0", Event(TEXT, town.code_for(LAN.phone)))
    wrong = incoming("web:1", Event(TEXT, next(iter(wrong_codes(town.code_for(MAI.email))))))
    await town.engine.turns.take([right, wrong])
    await town.deliver()
    assert len(town.passwords_for(LAN.phone)) == 1
    assert not town.passwords_for(MAI.email)


async def test_reordered_updates(town: Town, lan: Citizen) -> None:
    """An answer that overtakes its question costs nothing; the way goes on from where it is."""
    await lan.says(LAN.bhxh_number, "quên mật khẩu", LAN.phone, "đồng ý")
    assert "Bước 1/3" in lan.last.text
    await lan.says(
        LAN.bhxh_number, LAN.phone, town.code_for(LAN.phone) if town.sms.letters else "?"
    )
    await lan.says(town.code_for(LAN.phone))
    assert len(town.passwords_for(LAN.phone)) == 1


async def test_transcript_keeps_no_code(town: Town, lan: Citizen) -> None:
    """The transcript holds what was said, without codes, forwarded ones and passwords too."""
    await lan.asks_for_a_code()
    code = town.code_for(LAN.phone)
    await lan.says(code, fresh=False)
    await lan.says(f"{code} 111111", f"ma la {code} hay 222222", "Matkhau123!", code)
    vault = town.keyring.vault()
    ((half,),) = await town.rows("SELECT half FROM conversations")
    rows = await town.rows("SELECT chat, turn, words FROM transcript")
    assert len(rows) == len(lan.bubbles)
    for chat, turn, sealed in rows:
        text = vault.open("transcript", f"{chat}/{turn}", "words", sealed, half).decode()
        assert code not in text
        assert "Matkhau123" not in text


async def test_audit_chain(town: Town, lan: Citizen) -> None:
    """Consent, code and password stand in the chain, which verifies."""
    await lan.recovers()
    kinds = [kind for (kind,) in await town.rows("SELECT kind FROM audit ORDER BY seq")]
    assert kinds == ["consent", "code_issued", "password_issued"]
    assert await town.store.verify_audit() == 3


async def test_other_people_s_contact_card(lan: Citizen) -> None:
    """A shared contact at a step that asks for none is only something that is not text."""
    await lan.says("quên mật khẩu")
    await lan.does(Event(CONTACT, LAN.phone))
    assert "chỉ đọc được chữ và số" in lan.last.text
