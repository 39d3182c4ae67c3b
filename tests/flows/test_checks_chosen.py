"""Two values in one answer: the one that the text says to take, and never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.checks import Got, Refused, account_number, contact, new_email, six_digits, vn_mobile
from flows.checks.chosen import meant

OLD, NEW = "0903111222", "0903111333"
SECOND = (
    "cũ là {0} còn mới là {1}, lấy số mới nhé",
    "{0} à nhầm {1} mới đúng",
    "{0} ý lộn {1}",
    "{0}. không, {1}",
    "{0}, à không, {1}",
    "em gõ nhầm {0}, đúng là {1}",
    "trước là {0} giờ đổi thành {1}",
    "tin nhắn đầu {0} hết hạn rồi, cái mới là {1}",
    "đổi từ {0} sang {1}",
    "{0} cũ, {1} mới",
    "{0} (cũ) {1} (mới)",
    "số cũ: {0}\nsố mới: {1}",
    "số {0} mất rồi, giờ dùng {1}",
    "đừng lấy {0} lấy {1}",
    "không phải là {0}, là {1}",
    "old one {0}, new one {1}",
    "{0} sorry {1}",
    "I typed {0} wrong, it is {1}",
    "đừng dùng {0} nữa, dùng {1} nhé",
    "{0} bị hack rồi, giờ xài {1}",
    "trước em dùng {0} giờ em chuyển qua {1}",
    "k xài {0} nữa đâu, {1} nhé",
    "{0} viết lộn, phải là {1}",
    "change it from {0} to {1}",
    "ignore {0}, the newest is {1}",
    "{0}, or rather the new one {1}",
)
FIRST = (
    "số mới {0}, số cũ {1}",
    "lấy số {0} chứ không phải {1}",
    "{0} mới, {1} cũ",
    "{0} là số mới còn {1} là số cũ",
    "{0} thay cho {1}",
    "gửi vào {0} cho tôi, đừng gửi vào {1}",
    "it's {0}, I no longer use {1}",
    "use {0} instead of {1}",
)
NEITHER = (
    "{0} {1}",
    "lúc này {0} lúc nãy {1}",
    "thôi dùng {0} hay dùng {1}",
    "use {0} or {1}",
    "số của em {0} và {1}",
    "mẹ {0} bố {1}",
    "con là {0} mẹ là {1}",
    "{0} không phải {1}",
    "{0} đúng không hay {1}",
    "{0} sai {1} sai",
    "{0} đúng {1} đúng",
    "{0} không biết đúng không, {1} cũng không nhớ",
)


@pytest.mark.parametrize("said", SECOND)
def test_the_second(said: str) -> None:
    """A slip that is mended, and an old value before the new one."""
    assert meant(said.format(OLD, NEW), [OLD, NEW]) == NEW


@pytest.mark.parametrize("said", FIRST)
def test_the_first(said: str) -> None:
    """The new value before the old one."""
    assert meant(said.format(OLD, NEW), [OLD, NEW]) == OLD


@pytest.mark.parametrize("said", NEITHER)
def test_neither(said: str) -> None:
    """Where the text does not say which, none is taken."""
    assert meant(said.format(OLD, NEW), [OLD, NEW]) == ""


SAID = "cũ mới nhầm đúng sai lấy là số bố mẹ không phải à giờ , . ( )"
WORDS = st.lists(st.sampled_from([*SAID.split(), "\n"]))


@given(WORDS, WORDS, WORDS)
def test_any_words(before: list[str], between: list[str], after: list[str]) -> None:
    """Whatever is said around them, it is one of the two or none, and the same each time."""
    text = " ".join([*before, OLD, *between, NEW, *after])
    assert meant(text, [OLD, NEW]) in ("", OLD, NEW)
    assert meant(text, [OLD, NEW]) == meant(text, [OLD, NEW])
    assert meant(text, [OLD]) == meant(text, [OLD, NEW, "3"]) == ""


def test_readers_take_it() -> None:
    """Each reader of something new takes what is meant; refuses two of which neither is."""
    assert vn_mobile("cũ 0903 111 222, mới 0903 111 333") == Got("+84903111333")
    assert vn_mobile("0903 111 222 và 0903 111 333") == Refused("error.phone_two")
    assert six_digits("118822 hết hạn rồi, mã mới là 220099") == Got("220099")
    assert six_digits("118822 hay 220099") == Refused("error.code_two")
    assert new_email("trước là cu@yahoo.com giờ đổi thành moi@gmail.com") == Got("moi@gmail.com")
    assert new_email("a@gmail.com b@gmail.com") == Refused("error.email_two")
    assert account_number("7920334411 à nhầm 7920334410") == Got("7920334410")
    assert account_number("7920334411 hay 7920334410") == Refused("error.number_two")


def test_what_is_on_file_is_not_chosen() -> None:
    """Asked for the address on file, the old one may be meant as well as the new one."""
    assert contact("cũ 0903111222, mới 0903111333") == Refused("error.phone_two")


def test_a_phone_beside_the_number() -> None:
    """A telephone number beside the social insurance number is not taken for it."""
    assert account_number("sđt 0903111222, mã 7920334411") == Got("7920334411")
    assert account_number("0903111222") == Got("0903111222")
