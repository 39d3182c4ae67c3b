"""Checking a strange message: where each way leads, what is said, and that nothing is kept."""

import pytest

from flows.effects import EraseMessage, HandOver
from flows.scam import REASONS
from tests.play import play, wording

P = "scam_check"
FRAUD = "Thẻ BHYT sẽ bị khóa trong 24 giờ, đọc mã OTP cho em qua http://vssid-gov.com"
STRANGE, REAL = "Xem giúp con https://vnexpress.net", "Gọi 1900 9068 hay vào baohiemxahoi.gov.vn"
TOLD = ("verdict.not_official", "reason.asks_code", "reason.lookalike", "reason.threat")
OFFICIAL = ("verdict.official", "reason.listed", "step.official")
UNCLEAR = ("verdict.unclear", "reason.unknown_link", "step.unclear")


@pytest.mark.parametrize(
    ("lines", "at", "keys"),
    [
        ((), "paste", ("step.paste",)),
        ((FRAUD,), "warned", (*TOLD, "step.warned")),
        ((f"(forwarded {FRAUD})",), "warned", (*TOLD, "step.warned")),
        ((FRAUD, FRAUD), "warned", (*TOLD, "again.warned")),
        ((FRAUD, f"/kiemtra {REAL}"), "official", OFFICIAL),
        ((FRAUD, f"/kiemtra@vssid_bot {STRANGE}"), "unclear", UNCLEAR),
        ((FRAUD, REAL), "official", OFFICIAL),
        ((REAL,), "official", OFFICIAL),
        (("1900 9068",), "official", OFFICIAL),
        ((STRANGE,), "unclear", UNCLEAR),
        (("chào",), "paste", ("error.pasted_none",)),
        (("chào", "alo"), "paste", ("second.paste",)),
        (("phải dán ở đâu?",), "paste", ("side_question", "again.paste")),
        (("(sticker)",), "paste", ("not_text", "again.paste")),
        (("tin này có thật không",), "paste", ("again.paste",)),
        ((FRAUD, "[another]"), "paste", ("step.paste",)),
        ((FRAUD, "chưa"), "done", ("step.done",)),
        ((FRAUD, "[acted]"), "acted", ("step.acted",)),
        ((FRAUD, "lỡ rồi", "[back]"), "warned", ("step.warned",)),
        ((FRAUD, "[acted]", "[leave_open]"), "done", ("step.done",)),
        ((FRAUD, "hủy"), "left", ("step.left",)),
        (("menu",), "left", ("step.left",)),
        (("[person]",), "person", ("step.person",)),
    ],
)
def test_where_each_way_leads(lines: tuple[str, ...], at: str, keys: tuple[str, ...]) -> None:
    """A verdict comes with its reasons and with what to do, whichever way one comes to it."""
    played = play(P, lines)
    assert (played.at, played.keys) == (at, keys)


def test_whoever_obeyed_can_freeze_the_account() -> None:
    """The way from a fraud to the emergency stop is two taps."""
    played = play(P, (FRAUD, "[acted]", "[freeze]"))
    assert (played.talk.flow, played.keys) == ("freeze_account", ("step.confirm",))


@pytest.mark.parametrize(
    "line",
    [f"(forwarded {FRAUD})", FRAUD, f"/kiemtra {FRAUD}", f"tin này có thật không: {FRAUD}"],
)
def test_at_the_menu(line: str) -> None:
    """A message that is forwarded or pasted there is checked at once."""
    played = play("", ("xin chào", line))
    assert (played.talk.flow, played.keys) == (P, (*TOLD, "step.warned"))


def test_as_the_very_first_message() -> None:
    """Who forwards before saying a word is greeted, and told."""
    assert play("", (f"(forwarded {FRAUD})",)).keys == ("hello", *TOLD, "step.warned")


@pytest.mark.parametrize(
    "line",
    [
        "/kiemtra",
        "/start kiemtra",
        "Kiểm tra tin lạ",
        "kiểm tra lừa đảo",
        "tin này có thật không",
        "có phải cán bộ không",
        "check message",
    ],
)
def test_the_words_for_it(line: str) -> None:
    """People ask for it in many ways."""
    assert play("", ("xin chào", line)).at == "paste"


def test_words_of_other_procedures_stay_theirs() -> None:
    """Whoever speaks for himself is not taken for a fraud."""
    assert play("", ("xin chào", "tôi quên mật khẩu rồi")).talk.flow == "forgot_password"
    assert play("", ("xin chào", "(forwarded quên mật khẩu)")).talk.flow == "forgot_password"
    assert play("", ("xin chào", "kiểm tra hồ sơ của tôi")).talk.flow != P


def test_a_forwarded_code_is_no_code() -> None:
    """Where a code is waited for a forwarded one counts as none; at the menu it is only judged."""
    waiting = ("[yes]", "0123456789", "0912345678", "(forwarded 482913 la ma A7)")
    assert "error.code_forwarded" in play("forgot_password", waiting).keys
    said = play("", ("xin chào", "(forwarded 482913 la ma A7 lay lai mat khau)"))
    assert (said.at, said.keys[0]) == ("unclear", "verdict.unclear")
    assert "reason.holds_secret" in said.keys


def test_a_password_is_erased_instead() -> None:
    """A password with its value is nothing to check."""
    told = "mật khẩu của tôi là: hoa12345"
    played = play(P, (told,))
    assert (played.at, played.effects) == ("paste", (EraseMessage(),))
    assert play("", ("xin chào", f"/kiemtra {told}")).effects == (EraseMessage(),)


def test_a_check_that_was_left_does_not_swallow_a_new_message() -> None:
    """What is passed on is judged, though an earlier check was left for a person."""
    played = play(P, ("[person]", f"(forwarded {FRAUD})"))
    assert played.keys[0] == "verdict.not_official"
    assert play(P, ("[person]",)).effects == (HandOver("paste"),)


def test_nothing_is_kept() -> None:
    """The answers of this procedure hold nothing of the message."""
    played = play(P, (FRAUD,))
    assert not played.talk.draft.__struct_fields__
    assert FRAUD not in str(played.talk)


def test_in_few_words() -> None:
    """In the plain mode only the gravest reason is said."""
    played = play("", ("xin chào", "chữ ngắn thôi", FRAUD))
    assert played.keys == ("verdict.not_official", "reason.asks_code", "step.warned")


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_is_short(reason: str) -> None:
    """One or two sentences of fifteen words at the most, that name nothing of the message."""
    for lang in ("vi", "en"):
        text = wording().text(P, lang, f"reason.{reason}", {})
        assert all(len(part.split()) <= 15 for part in text.split(". "))
        assert "{" not in text


def test_nothing_is_ever_called_safe() -> None:
    """No text of the procedure promises safety."""
    for lang, word in (("vi", "an toàn"), ("en", "safe")):
        texts = wording()._merged[(P, lang)]
        mine = [texts[key] for key in texts if key.startswith(("verdict.", "reason."))]
        assert not any(word in text for text in mine)
