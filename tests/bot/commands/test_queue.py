"""`queue list|take|reply|return`: what officers see, what they may not write, and who has it."""

import asyncio

import pytest

from bot.app import build
from bot.channels.base import Incoming
from bot.commands.opening import Opened
from flows.model import Event
from storage.base import Person
from tests.bot.commands.conftest import Installation, Outcome

LAN = Person("7900000001", "079085000001", "Nguyễn Thị Lan", "", "+84900000101", "lan@example.vn")
PERSONAL = ("7900000001", "900000101", "lan@example.vn", "0912345678", "Matkhau123")
AN, BINH = ("--as", "an.nguyen"), ("--as", "binh.tran")
SAID = ("quên mật khẩu", "đồng ý", LAN.bhxh_number, LAN.phone, "gặp cán bộ")


@pytest.fixture
def agency(house: Installation) -> Installation:
    """Two officers, and a citizen who asked for one of them at the question for the code."""
    with house.config.open("a", encoding="utf-8") as config:
        config.write('[dossiers]\nofficers = ["an.nguyen", "binh.tran"]\n')
        config.write('[human_check]\npolicy = "never"\n')
    _say(house, *SAID)
    return house


def _say(agency: Installation, *texts: str, chat: str = "telegram:7") -> None:
    async def said(here: Opened) -> None:
        await here.store.add_members([LAN])
        engine = build(here.settings, here.keyring, here.store, here.clock, {})
        for text in texts:
            key = f"said {engine.desk.random(8).hex()}"
            await engine.turns.take([Incoming(chat, key, Event("text", text))])

    agency.ask(said)


def _queue(agency: Installation, *words: object) -> Outcome:
    return agency.run("queue", *words)


def test_list(agency: Installation) -> None:
    """Who waits, since when, where they were and who has them; nothing personal."""
    shown = _queue(agency, "list")
    head, row = shown.out.splitlines()
    assert head.split() == ["NUMBER", "SINCE", "MINUTES", "ASKED", "AT", "OFFICER"]
    assert row.split()[0] == "1"
    assert row.split()[-2:] == ["forgot_password/code", "-"]
    _queue(agency, "take", 1, *AN)
    assert _queue(agency, "list").out.splitlines()[1].endswith("an.nguyen")
    _queue(agency, "return", 1, *AN)
    assert _queue(agency, "list").out == "nobody waits\n"


def test_the_card(agency: Installation) -> None:
    """Goal, step, answers and what was said last, on one screen and masked."""
    _say(agency, "em gọi 0912345678 hoặc lan@example.vn", "/menu", "Matkhau123")
    card = _queue(agency, "take", 1, *AN)
    assert card.code == 0
    assert "goal       Quên mật khẩu" in card.out
    assert "step       code" in card.out
    assert "  account: ..0001" in card.out
    assert "  contact: 09xx xxx 101" in card.out
    assert "........78 hoặc l***@example.vn" in card.out
    assert len(card.out.splitlines()) < 40
    assert not [datum for datum in PERSONAL if datum in card.out]
    _say(agency, "Chào cán bộ", "Matkhau123", "mã 123456 ạ")
    again = _queue(agency, "take", 1, *AN)
    assert "citizen  Chào cán bộ" in again.out
    assert "citizen  mã ...... ạ" in again.out
    assert "Matkhau" not in again.out
    assert again.out.count("đang trả lời ông/bà") == 1


def test_one_has_it(agency: Installation) -> None:
    """The second officer is told who has it, and cannot write; they can give it back."""
    assert "nobody has it; take it first" in _queue(agency, "reply", 1, "Chào bà", *AN).err
    assert "nobody has it" in _queue(agency, "return", 1, *AN).err
    assert _queue(agency, "take", 1, *AN).code == 0
    for words in (("take", 1), ("reply", 1, "Chào bà")):
        late = _queue(agency, *words, *BINH)
        assert (late.code, late.out) == (1, "")
        assert "1: an.nguyen has it since " in late.err
    assert _queue(agency, "reply", 1, "Chào bà", *AN).out.startswith("1: written\n")
    assert _queue(agency, "return", 1, *BINH).out.startswith("1: the bot goes on\n")
    assert "no open request" in _queue(agency, "take", 1, *AN).err


@pytest.mark.parametrize("draft", ["Bà đọc mã xác nhận", "Mật khẩu là gì", "Số tài khoản?"])
def test_a_draft_that_asks_for_secrets(agency: Installation, draft: str) -> None:
    """It is refused with the reason, and nothing is sent."""
    _queue(agency, "take", 1, *AN)
    before = _backlog(agency)
    refused = _queue(agency, "reply", 1, draft, *AN)
    assert (refused.code, refused.out) == (2, "")
    assert "must not speak of codes, passwords or bank data" in refused.err
    assert _backlog(agency) == before


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("take", 1, "--as", "nobody"), 2, "dossiers.officers"),
        (("take", 9, *AN), 1, "no open request of that number"),
        (("reply", 1, " ", *AN), 2, "1 to 1000 characters"),
        (("reply", 1, "a" * 1001, *AN), 2, "1 to 1000 characters"),
        (("return", 1), 2, ""),
    ],
)
def test_wrong_use(agency: Installation, words: tuple[str, ...], code: int, says: str) -> None:
    """Each says what is wrong in one line."""
    ended = _queue(agency, *words)
    assert ended.code == code
    assert says in ended.err


def _backlog(agency: Installation) -> int:
    async def look(here: Opened) -> int:
        return (await here.store.backlog(now=here.clock.now())).waiting

    return agency.ask(look)


async def test_two_at_once(agency: Installation) -> None:
    """Of two terminals that take it at the same moment one shows the card."""
    both = (asyncio.to_thread(_taken, agency, officer) for officer in ("an.nguyen", "binh.tran"))
    found = await asyncio.gather(*both)
    assert found[0] == found[1]
    assert found[0] in ("an.nguyen", "binh.tran")


def _taken(agency: Installation, officer: str) -> str:
    async def take(here: Opened) -> str:
        engine = build(here.settings, here.keyring, here.store, here.clock, {})
        event = Event("staff:take", f"{officer}\n")
        await engine.turns.take([Incoming("telegram:7", f"{officer} takes", event)])
        await asyncio.sleep(0.1)
        return (await here.store.queue(limit=1))[0].officer

    return agency.ask(take)
