"""A person: the bot is silent while an officer has the chat, then goes on where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from flows import common
from flows.checks import asks_for_secret
from flows.dialogue import Outcome
from flows.effects import Attend, EraseMessage, HandOver, Rate, ShowPicture
from flows.model import Event, LookUp
from flows.quiet import REPLY, RETURN, TAKE
from flows.rating import GRADES, RATES
from tests.play import USUAL, Played, play, say_to

P1 = "forgot_password"
AT_CODE = ("[yes]", "0123456789", "0912 345 678")


def attends(
    played: Played, kind: str, officer: str = "an", words: str = "", *, known: bool = True
) -> Outcome:
    """Something an officer does."""
    heard = played.dialogue.hear(played.talk, Event(kind, f"{officer}\n{words}"))
    wants = played.dialogue.wants(played.talk, heard)
    assert wants == (LookUp("queue"), LookUp("officer", officer))
    facts = replace(USUAL, officer=known)
    outcome = played.outcome = played.dialogue.step(played.talk, heard, facts)
    played.talk = outcome.talk
    played.bubbles.append(tuple(say.key for say in played.says))
    return outcome


@pytest.mark.parametrize("inputs", [(), AT_CODE[:1], AT_CODE[:2], AT_CODE])
def test_back_at_the_same_question(inputs: tuple[str, ...]) -> None:
    """Asked for anywhere, a person hands the procedure back at its question with its answers."""
    before = play(P1, inputs).talk
    played = play(P1, (*inputs, "gặp cán bộ"))
    assert played.ended == "person"
    assert played.effects == (HandOver(before.state),)
    assert played.talk.choices == (common.GO_ON, common.MESSAGE, common.MENU)
    assert attends(played, TAKE).speaks
    attends(played, RETURN)
    assert played.keys == ("officer_back", f"again.{before.state}")
    after = played.talk
    assert (after.flow, after.state, after.draft) == (P1, before.state, before.draft)
    assert (after.run, after.choices, after.person) == (before.run, before.choices, None)


def test_taken_in_the_middle_of_a_procedure() -> None:
    """A chat that asked for nobody can be taken too, and goes on as if nothing had been said."""
    played = play(P1, AT_CODE)
    before = played.talk
    attends(played, TAKE)
    assert played.talk.choices == ()
    for line in ("123456", "right", "hủy", "menu", "/start", "(sticker)"):
        say_to(played, line)
        assert played.outcome
        assert not played.outcome.speaks
        assert played.outcome.effects == ()
        assert (played.talk.flow, played.talk.state) == (P1, "code")
    attends(played, RETURN)
    assert (played.talk.state, played.talk.draft) == ("code", before.draft)


@given(st.text(max_size=80))
def test_nothing_is_answered(text: str) -> None:
    """Whatever is typed to an officer, the bot says nothing and nothing moves."""
    played = play(P1, AT_CODE)
    attends(played, TAKE)
    before = played.talk
    heard = played.dialogue.hear(before, Event("text", text))
    assert played.dialogue.wants(before, heard) == ()
    outcome = played.dialogue.step(before, heard, USUAL)
    assert set(map(type, outcome.effects)) <= {EraseMessage}
    assert outcome.talk == replace(before, turn=before.turn + 1)


def test_a_password_typed_to_an_officer_is_deleted() -> None:
    """Officers do not see it, and it goes from the chat where it can."""
    played = play(P1, ("gặp cán bộ",))
    attends(played, TAKE)
    say_to(played, "mật khẩu: Matkhau123!")
    assert played.effects == (EraseMessage(),)


@pytest.mark.parametrize("late", ["web:chosen", "file:kept", "clock:changed"])
def test_what_comes_from_elsewhere_finds_nobody(late: str) -> None:
    """A page or a photo that comes meanwhile moves nothing either."""
    played = play(P1, AT_CODE)
    attends(played, TAKE)
    heard = played.dialogue.hear(played.talk, Event(late))
    assert played.dialogue.step(played.talk, heard, USUAL) == Outcome(played.talk, (), P1)


def test_one_officer_has_it() -> None:
    """A second one can neither take it nor write; anybody on duty can give it back."""
    played = play("", ("xin chào", "gặp cán bộ"))
    assert attends(played, REPLY, words="Chào ông").effects == ()
    assert attends(played, RETURN).effects == ()
    attends(played, TAKE, "an")
    assert attends(played, TAKE, "binh").effects == ()
    assert attends(played, REPLY, "binh", "Chào ông").effects == ()
    assert attends(played, TAKE, "an").effects == ()
    assert attends(played, REPLY, "an", "Chào ông").effects[0] == Attend("reply", "an")
    assert played.says[0].holes == {"officer": "an", "reply": "Chào ông"}
    assert attends(played, RETURN, "binh").effects[0] == Attend("return", "binh")
    assert played.keys == ("officer_back", "rate")


@pytest.mark.parametrize("kind", [TAKE, REPLY, RETURN])
def test_only_officers(kind: str) -> None:
    """Whoever is not in the settings does nothing, not even with an officer's event."""
    played = play("", ("gặp cán bộ",))
    if kind != TAKE:
        attends(played, TAKE)
    before = played.talk
    assert attends(played, kind, words="Chào", known=False) == Outcome(before, (), "")


def test_a_message_is_left() -> None:
    """The next text is for the officer, whatever it resembles; then everything is as before."""
    played = play("", ("xin chào", "gặp cán bộ", "[message]"))
    assert played.keys == ("message",)
    say_to(played, "quên mật khẩu từ tuần trước, gọi lại cho tôi")
    assert played.keys == ("message_kept",)
    assert played.talk.choices == (common.MESSAGE, common.MENU)
    say_to(played, "quên mật khẩu")
    assert played.talk.flow == P1


@pytest.mark.parametrize("line", ["1", "về đầu", "menu"])
def test_no_message_after_all(line: str) -> None:
    """Whoever goes back to the menu instead is not taken at their next word."""
    played = play("", ("gặp cán bộ", "[message]", line))
    assert played.keys[-1] == "welcome"
    say_to(played, "quên mật khẩu")
    assert played.talk.flow == P1


def test_a_password_is_no_message() -> None:
    """It is deleted like anywhere else."""
    played = play("", ("gặp cán bộ", "[message]", "Matkhau123"))
    assert EraseMessage() in played.effects


def test_the_way_back_is_understood_at_any_time() -> None:
    """What was left for a person or for later is taken up by its words, whatever came between."""
    for left in ("gặp cán bộ", "làm sau"):
        played = play(P1, (*AT_CODE, left, "123456", "không", "làm tiếp"))
        assert (played.talk.flow, played.talk.state) == (P1, "code")


def test_waiting_does_not_stop_anything() -> None:
    """Meanwhile the procedure can be taken up again; the officer gives back what is open then."""
    played = play(P1, (*AT_CODE[:2], "gặp cán bộ", "làm tiếp"))
    assert played.talk.state == "contact"
    say_to(played, AT_CODE[2])
    attends(played, TAKE)
    attends(played, RETURN)
    assert played.talk.state == "code"


def test_what_was_finished_meanwhile_is_not_begun_again() -> None:
    """Then the bot goes on at the menu."""
    played = play(P1, ("gặp cán bộ", "làm tiếp", "hủy", "[stop]"))
    attends(played, TAKE)
    attends(played, RETURN)
    assert played.keys == ("officer_back", "menu")


def test_the_picture_is_shown_anew() -> None:
    """Digits of a picture belong to their bubble, so going on shows another one."""
    near = replace(USUAL, human_policy="near")
    played = play(P1, (*AT_CODE[:2], "limits near: 0912345678"), near)
    assert played.at == "human"
    say_to(played, "gặp cán bộ")
    attends(played, TAKE)
    attends(played, RETURN)
    assert ShowPicture(in_words=False) in played.effects


@pytest.mark.parametrize(
    "draft",
    [
        "Ông đọc giúp mã xác nhận",
        "doc ma xac thuc cho toi",
        "Bà gửi OTP nhé",
        "mật khẩu VssID là gì ạ",
        "Cho xin m.ậ.t k.h.ẩ.u",
        "gửi tôi 6 số vừa nhận",
        "ông đọc sáu chữ số trong tin nhắn",
        "mã vừa gửi về máy là bao nhiêu",
        "số tài khoản ngân hàng của bà",
        "chụp thẻ ATM gửi qua đây",
        "chuyển khoản phí vào đây",
        "Send me the code",
        "your p4ss is not needed, but the PIN is",
        "What is your bank card number?",
        "Mat\u200bkhau la gi",
    ],
)
def test_a_draft_that_asks_for_secrets(draft: str) -> None:
    """It is no reply: nothing is sent, in any spelling."""
    assert asks_for_secret(draft)
    played = play("", ("gặp cán bộ",))
    attends(played, TAKE)
    assert attends(played, REPLY, words=draft).effects == ()


@pytest.mark.parametrize(
    "draft",
    [
        "Chào ông, tôi là cán bộ BHXH. Ông chờ một phút.",
        "Bà cho xin mã số BHXH, 10 số cuối trên thẻ BHYT.",
        "Mời ông đến bộ phận một cửa, 12 Lê Lợi, trước 17:00.",
        "Hồ sơ HS-261124-A7K2M9 của bà trả kết quả thứ Sáu.",
        "Please bring your citizen card to the office.",
        "Ông bấm “Gửi lại” khi trợ lý tự động tiếp tục nhé.",
    ],
)
def test_a_draft_that_asks_for_none(draft: str) -> None:
    """What officers do write passes."""
    assert not asks_for_secret(draft)


def helped(played: Played) -> Played:
    """An officer takes it, writes and gives it back."""
    attends(played, TAKE)
    attends(played, REPLY, words="Chào ông")
    attends(played, RETURN)
    return played


@pytest.mark.parametrize("grade", RATES)
def test_rated_at_the_menu(grade: str) -> None:
    """Whoever was helped is asked once, thanked, and back at the menu."""
    played = helped(play("", ("xin chào", "gặp cán bộ")))
    assert played.keys == ("officer_back", "rate")
    assert played.talk.choices == (*RATES, common.MENU)
    say_to(played, f"[{grade.removeprefix('tap:')}]")
    assert played.effects == (Rate(GRADES[grade]),)
    assert played.keys == ("rated", "menu")
    assert not {*RATES} & {*played.talk.choices}


@pytest.mark.parametrize("inputs", [(), AT_CODE[:1], AT_CODE[:2]])
def test_rated_beside_the_open_question(inputs: tuple[str, ...]) -> None:
    """The question stands as it did before and after; its own buttons come first."""
    before = play(P1, inputs).talk
    played = helped(play(P1, inputs))
    assert played.keys == ("officer_back", f"again.{before.state}")
    assert played.talk.choices == (*before.choices, *RATES)
    say_to(played, "[rate_good]")
    assert played.effects == (Rate("good"),)
    assert played.keys == ("rated", f"again.{before.state}")
    after = played.talk
    assert (after.state, after.draft, after.choices) == (
        before.state, before.draft, before.choices,
    )  # fmt: skip


def test_an_ignored_rating_costs_nothing() -> None:
    """Whatever is answered instead is the answer to the open question."""
    played = helped(play(P1, AT_CODE[:1]))
    say_to(played, AT_CODE[1])
    assert played.talk.draft == play(P1, AT_CODE[:2]).talk.draft


def test_nobody_is_asked_about_nothing() -> None:
    """An officer who has not written is not rated."""
    played = play("", ("xin chào", "gặp cán bộ"))
    attends(played, TAKE)
    attends(played, RETURN)
    assert not {*RATES} & {*played.talk.choices}
