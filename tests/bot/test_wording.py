"""The text files: every gap is named at start, and every text keeps the house's manners."""

import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from bot.notifier.gsm7 import septets
from bot.wording import Wording, WordingError
from bot.wording_checks import HOLES, LANGS, answers_of
from tests.play import procedures, wording

BANNED = ("hợp lệ", "hệ thống lỗi", "otp", "session", "timeout", "bạn", "quý khách")
LONGEST_SENTENCE = 20  # words
SENTENCE = re.compile(r"[.?!:;](?:\s|$)|\n")
TEXTS = Path(str(files("flows"))) / "texts"

Edit = Callable[[str], str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The text files, to be spoiled."""
    return Path(shutil.copytree(TEXTS, tmp_path / "texts"))


def put(old: str, new: str) -> Edit:
    """Replace the first `old`, which must be there."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


def without(line: str, language: int = 0) -> Edit:
    """Drop the line that begins so: the first of its kind, or the one of the second language."""

    def edit(text: str) -> str:
        lines = text.splitlines(keepends=True)
        at = [number for number, each in enumerate(lines) if each.startswith(line)]
        del lines[at[language]]
        return "".join(lines)

    return edit


GIVEN = "{given} chữ số. Xem"


def instead(hole: str) -> Edit:
    """Another hole in a refusal."""
    return put(GIVEN, GIVEN.replace("{given}", hole))


SPOILED = [
    ("common", without("lost ="), "common.toml: [vi] lost is said but not written"),
    ("common", without("lost =", 1), "common.toml: [en] lost is said but not written"),
    ("common", without("code_wrong"), "forgot_password.toml: [vi] error.code_wrong is said"),
    ("common", without("code_wrong", 1), "forgot_password.toml: [en] error.code_wrong is said"),
    ("common", without("keep ="), "common.toml: [vi] button.keep is said but not written"),
    ("common", without("share_phone ="), "common.toml: [vi] button.share_phone is said"),
    ("forgot_password", without("code ="), "forgot_password.toml: [vi] step.code is said"),
    ("forgot_password", without("none =", 1), "forgot_password.toml: [en] button.none is said"),
    ("forgot_password", without("quenmatkhau ="), "[vi] commands.quenmatkhau is said"),
    ("forgot_password", without("start = ", 1), "forgot_password.toml: [en] button.start is said"),
    ("common", put("[vi]\n", '[vi]\nold = "x"\n'), "common.toml: [vi] old is written but never"),
    ("common", put("[en]\n", '[en]\nold = "x"\n'), "common.toml: [en] old is written but never"),
    (
        "forgot_password",
        put("[vi.step]\n", '[vi.step]\nold = "x"\n'),
        "forgot_password.toml: [vi] step.old is written but never said; remove it",
    ),
    ("common", instead("{gave}"), "common.toml: [vi] error.number_length has an unknown"),
    ("common", instead("{gave}"), "has an unknown hole {gave}"),
    ("common", instead("{}"), "has an unknown hole {}"),
    ("common", instead("{given.x}"), "has an unknown hole {given.x}"),
    ("common", instead("{given"), "common.toml: [vi] error.number_length has an unknown"),
    ("common", instead("{left}"), "common.toml: error.number_length has other holes"),
    (
        "forgot_password",
        put("La? Goi {hotline}", "La? Goi ngay so dien thoai {hotline}, xin cam on ong ba"),
        "forgot_password.toml: [vi] sms.code does not fit one SMS of 160 septets",
    ),
    (
        "forgot_password",
        put("la ma", "là mã"),
        "forgot_password.toml: [vi] sms.code does not fit one SMS of 160 septets",
    ),
    ("common", put("[vi]\n", "[vi\n"), "common.toml: "),
    ("forgot_password", put("number = ", "number "), "forgot_password.toml: "),
]


@pytest.mark.parametrize(("name", "edit", "words"), SPOILED)
def test_a_spoiled_text_file_is_refused(folder: Path, name: str, edit: Edit, words: str) -> None:
    """The start ends with the file, the key and what to do about it."""
    path = folder / f"{name}.toml"
    path.write_text(edit(path.read_text("utf-8")), "utf-8")
    with pytest.raises(WordingError) as refused:
        Wording(procedures(), folder)
    assert any(words in problem for problem in refused.value.problems), refused.value.problems
    assert str(refused.value) == "\n".join(refused.value.problems)


@pytest.mark.parametrize("name", ["common", "forgot_password"])
def test_a_missing_text_file_is_refused(folder: Path, name: str) -> None:
    """A procedure without words cannot speak."""
    (folder / f"{name}.toml").unlink()
    with pytest.raises(WordingError, match=rf"{name}\.toml is missing"):
        Wording(procedures(), folder)


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    """UTF-8 or nothing: a text half read would be a text half said."""
    (folder / "common.toml").write_bytes("[vi]\nmenu = 'V\xf9ng'".encode("latin-1"))
    with pytest.raises(WordingError, match=r"common\.toml: "):
        Wording(procedures(), folder)


def test_all_problems_are_told_at_once(folder: Path) -> None:
    """Whoever edits texts mends them in one go."""
    path = folder / "common.toml"
    path.write_text(without("lost =")(without("menu =")(path.read_text("utf-8"))), "utf-8")
    with pytest.raises(WordingError) as refused:
        Wording(procedures(), folder)
    assert len(refused.value.problems) == 2


def test_a_procedure_may_say_a_common_thing_in_its_own_words(folder: Path) -> None:
    """Its own text wins, in its own conversations only."""
    path = folder / "forgot_password.toml"
    own = put("[vi.step]\n", '[vi.error]\nempty = "Trống."\n[vi.step]\n')
    path.write_text(own(path.read_text("utf-8")), "utf-8")
    words = Wording(procedures(), folder)
    assert words.text("forgot_password", "vi", "error.empty", {}) == "Trống."
    assert words.text("", "vi", "error.empty", {}) != "Trống."


def test_mail_is_escaped() -> None:
    """Whatever a hole holds, the HTML form shows it as text."""
    holes = {**HOLES, "channel": "<script>alert(1)</script>"}
    mail = wording().mail("forgot_password", "vi", "password_recovered", holes)
    assert "<script>" in mail.text
    assert "<script>alert" not in mail.html
    assert "&lt;script&gt;" in mail.html


def test_holes_are_filled_once() -> None:
    """What fills a hole is no template: braces in it stay braces."""
    said = wording().text("", "vi", "error.number_length", {"given": "{hotline}"})
    assert "{hotline}" in said


def test_digits_in_words() -> None:
    """Those who cannot see a picture get its digits in words of their language."""
    assert wording().digits_in_words("en", "1905") == "one, nine, zero, five"
    assert wording().digits_in_words("vi", "05") == "không, năm"


@pytest.mark.parametrize("lang", LANGS)
def test_commands(lang: str) -> None:
    """Procedures come first in the menu of commands; a name fits what Telegram takes."""
    commands = wording().commands(lang)
    assert [name for name, _ in commands][: len(procedures())] == [
        flow.command for flow in procedures().values()
    ]
    for name, text in commands:
        assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
        assert 1 <= len(text) <= 256


def test_vietnamese_manners() -> None:
    """Plain words, short sentences, "ông/bà", no pictures in words."""
    for name, key, text in _vietnamese():
        plain = text.lower()
        for word in BANNED:
            assert not re.search(rf"\b{word}\b", plain), f"{name}.toml: {key} says {word!r}"
        for sentence in SENTENCE.split(text):
            words = len(sentence.split())
            assert words <= LONGEST_SENTENCE, f"{name}.toml: {key}: {words} words: {sentence!r}"


def test_no_emoji_in_any_language() -> None:
    """Screen readers spell them out, old phones show boxes."""
    for (name, lang), texts in wording()._texts.items():
        for key, text in texts.items():
            unusual = [c for c in text if unicodedata.category(c) in ("So", "Cs", "Co", "Cn")]
            odd = [c for c in unusual if c != "✔"]  # old phones have it, readers say "done"
            assert not odd, f"{name}.toml: [{lang}] {key} holds {odd}"


def test_vietnamese_is_composed() -> None:
    """Letters and marks are one character each, as phones and searches expect."""
    for name, key, text in _vietnamese():
        assert unicodedata.is_normalized("NFC", text), f"{name}.toml: {key}"


def test_every_sms_fits() -> None:
    """GSM-7 and one part, with the longest value in every hole."""
    for where, text in _sms():
        length = septets(text)
        assert length is not None, f"{where} is not GSM-7"
        assert length <= 160, f"{where} takes {length} septets"


def test_a_code_message_holds_one_run_of_six_digits_and_no_link() -> None:
    """Phones offer the right digits to fill in, and nobody learns to press links beside codes."""
    codes = [(where, text) for where, text in _sms() if "sms.code" in where]
    assert len(codes) >= 2 * len(LANGS)
    for where, text in codes:
        assert re.findall(r"(?<!\d)\d{6}(?!\d)", text) == [HOLES["code"]], where
        assert text.startswith(HOLES["code"]), where
        assert not re.search(r"https?:|www\.|\.vn\b|\.com\b", text), where


def test_every_message_with_a_secret_warns() -> None:
    """Beside a code, a password or a link stands whom not to give it to, and whom to call."""
    for where, text in _sms():
        if where.rpartition(".")[2] in ("code", "password", "page"):
            assert re.search(r"KHONG dua .*cho ai|NOBODY", text), where
        assert HOLES["hotline"] in text, where


def _vietnamese() -> Iterator[tuple[str, str, str]]:
    for (name, lang), texts in wording()._texts.items():
        for key, text in texts.items():
            if lang == "vi" and not key.startswith("sms."):
                yield name, key, text


def _known(name: str) -> dict[str, str]:
    return HOLES | answers_of(procedures().get(name))


def _sms() -> list[tuple[str, str]]:
    return [
        (f"{name}.toml: [{lang}] {key}", text.format_map(_known(name)))
        for (name, lang), texts in wording()._texts.items()
        for key, text in texts.items()
        if key.startswith("sms.")
    ]
