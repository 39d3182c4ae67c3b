"""Private notes, ready replies, a datum for a minute, a stuck question, a claim that lapses."""

from pathlib import Path

import pytest

from bot import due
from bot.console.replies import OURS, BadReplies, Reply, replies
from bot.settings import Settings
from storage.base import Look
from tests.bot.console.house import LAN, Browser, House
from tests.bot.console.test_conversation import AN, BINH, asked, first, holder

CHAT = "telegram:7"


async def attending(house: House) -> tuple[Browser, str]:
    """An officer who has just taken the conversation of a citizen at the code."""
    await asked(house)
    an = await house.signed_in(AN, "supervisor")
    way = await first(an)
    await an.posts(f"{way}/take")
    return an, way


async def said(house: House) -> list[str]:
    """What the citizen read, in order."""
    return [line.said for line in await house.store.transcript(CHAT, limit=99)]


# --- notes -------------------------------------------------------------------------------


async def test_a_note_is_for_colleagues(house: House) -> None:
    """It stands in the transcript under its author's name; the citizen reads nothing."""
    an, way = await attending(house)
    before = await said(house)
    await an.posts(f"{way}/note", note="Đã gọi lại, hẹn 10 giờ, số 0900000101")
    binh = await house.signed_in(BINH, "agent")
    page = (await binh.sees(way)).text
    assert "Đã gọi lại, hẹn 10 giờ" in page
    assert f"Ghi chú riêng của {AN}" in page
    assert "0900000101" not in page
    assert await said(house) == [*before, ""]


async def test_a_note_needs_words_and_a_holder(house: House) -> None:
    """An empty note is none, and beside the bot no note moves the conversation."""
    an, way = await attending(house)
    assert (await an.posts(f"{way}/note", note="  ")).status_code == 422
    await an.posts(f"{way}/return")
    before = await said(house)
    await an.posts(f"{way}/note", note="muộn rồi")
    assert await said(house) == before


# --- ready replies -----------------------------------------------------------------------


async def test_ready_replies_are_filled_in(house: House) -> None:
    """They know the officer, the procedure and the open question, in the citizen's language."""
    an, way = await attending(house)
    page = (await an.sees(way)).text
    assert f"tôi là {AN}. Tôi đang xem việc “Quên mật khẩu”" in page
    assert "Câu đang dở là: Mã xác nhận" in page


def test_every_ready_reply_can_be_sent() -> None:
    """Each is short enough and says in both languages what an officer may say."""
    for reply in replies():
        for lang in ("vi", "en"):
            assert (
                len(reply.filled(lang, dict.fromkeys(("officer", "procedure", "step"), "x"))) > 0
            )
    assert Reply("a", "vi", "en").filled("en", {}) == "en"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Bác đọc mã OTP cho tôi", "codes"),
        ("Chào {ten}", "{ten}"),
        ("Chào {officer", "brace"),
        (" ", "characters"),
        ("x" * 801, "characters"),
    ],
)
def test_bad_replies_are_named(tmp_path: Path, text: str, says: str) -> None:
    """A file that cannot be used ends the start with the reply's name and the reason."""
    file = tmp_path / "replies.toml"
    file.write_text(f'[[reply]]\nname = "Một"\nvi = "{text}"\nen = "fine"\n', "utf-8")
    with pytest.raises(BadReplies, match="Một") as told:
        replies(str(file))
    assert says in str(told.value)
    with pytest.raises(ValueError, match="Một"):
        Settings.model_validate({"console": {"replies": str(file)}})


def test_a_file_that_is_none(tmp_path: Path) -> None:
    """A missing file, or one of another shape, is told by its path."""
    with pytest.raises(BadReplies, match=r"nothing\.toml"):
        replies(str(tmp_path / "nothing.toml"))
    assert OURS.exists()


# --- a datum for a minute ----------------------------------------------------------------


async def test_revealed_for_a_reason(house: House) -> None:
    """The value comes for a reason, which stands in the chain before it without its numbers."""
    an, way = await attending(house)
    assert LAN.full_name not in (await an.sees(way)).text
    short = await an.posts(f"{way}/reveal", field="full_name", why="x")
    assert (short.status_code, LAN.full_name in short.text) == (422, False)
    shown = await an.posts(f"{way}/reveal", field="full_name", why="so với căn cước 079085000001")
    assert LAN.full_name in shown.text
    assert 'data-hide="60"' in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert LAN.phone not in shown.text
    rows = await house.store._look(
        lambda db: db.execute(
            "SELECT who, detail FROM audit WHERE kind = 'staff.revealed'"
        ).fetchall()
    )
    assert [tuple(row) for row in rows] == [(AN, "full_name: so với căn cước ..........01")]


async def test_revealed_so_often(house: House) -> None:
    """Whoever has used up their looks waits until tomorrow; a colleague has their own."""
    an, way = await attending(house)
    for _ in range(30):
        assert (await an.posts(f"{way}/reveal", field="phone", why="gọi lại")).status_code == 200
    answer = await an.posts(f"{way}/reveal", field="phone", why="gọi lại")
    assert (answer.status_code, LAN.phone in answer.text) == (429, False)
    binh = await house.signed_in(BINH, "agent")
    assert LAN.phone in (await binh.posts(f"{way}/reveal", field="phone", why="gọi lại")).text
    house.clock.pass_(100_000)
    again = await house.browser()
    await again.signs_in(AN)
    assert (await again.posts(f"{way}/reveal", field="phone", why="gọi lại")).status_code == 200


async def test_nothing_else_is_revealed(house: House) -> None:
    """Neither a field of our own nor a conversation without an account has anything to show."""
    an, way = await attending(house)
    assert (await an.posts(f"{way}/reveal", field="password", why="tò mò")).status_code == 404
    viewer = await house.signed_in("v.v", "viewer")
    assert (await viewer.posts(f"{way}/reveal", field="phone", why="tò mò")).status_code == 403


# --- a stuck question, a claim that lapses -----------------------------------------------


async def test_a_stuck_procedure_is_stopped(house: House) -> None:
    """Back at the menu nothing of it is left: its code opens nothing any more."""
    an, way = await attending(house)
    await an.posts(f"{way}/return", to="menu")
    assert "Cán bộ đã dừng việc đang dở" in (await said(house))[-1]
    await house.hears("123456")
    assert (
        "Mã xác nhận" not in (await said(house))[-1] or "menu" in (await said(house))[-1].lower()
    )
    assert await house.store.queue(limit=9) == []


async def lapses(house: House) -> int:
    now = house.clock.now()
    return await due.raise_lapsed(house.engine.turns, house.store, after=300, now=now)


async def test_a_claim_lapses(house: House) -> None:
    """Five minutes without the officer: it waits again in its old place, and the citizen hears."""
    await attending(house)
    house.clock.pass_(299)
    assert await lapses(house) == 0
    house.clock.pass_(2)
    assert await lapses(house) == 1
    assert await holder(house) == ""
    assert "Ông/bà vẫn giữ chỗ" in (await said(house))[-1]
    assert await lapses(house) == 0
    binh = await house.signed_in(BINH, "agent")
    await binh.posts(f"{await first(binh)}/take")
    assert await holder(house) == BINH


async def test_whoever_is_at_it_keeps_it(house: House) -> None:
    """A page that is open, or words that were just written, keep the claim."""
    await attending(house)
    for _ in range(3):
        house.clock.pass_(200)
        async with house.store.unit(now=house.clock.now()) as unit:
            await unit.add_looks([Look(CHAT, AN, 0, house.clock.now())])
        assert await lapses(house) == 0
    assert await holder(house) == AN
