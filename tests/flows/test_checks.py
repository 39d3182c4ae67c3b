"""Readers: one value however it is typed, a kind refusal otherwise, and never a crash."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.checks import (
    Got,
    Reader,
    Refused,
    account_number,
    contact,
    fold,
    looks_like_password,
    looks_like_question,
    picture_digits,
    six_digits,
    visible,
)
from tests.play import spoken, wording

READERS = [account_number, contact, six_digits, picture_digits]
# One thing as people and keyboards space it: also the no-break, thin and zero-width ones.
GAPS = st.sampled_from(
    ["", " ", ".", "-", "\u00a0", "\u2009", "\u202f", "\u200b", "\u2011", "\u2013"]
)
AROUND = st.sampled_from(["", " ", "\u200f", "\u202e", "\n", "\u00a0", "\ufeff", "số ", "ạ."])
DIGITS = "0123456789"
FULLWIDTH, ARABIC, DEVANAGARI, BOLD = "\uff10", "\u0660", "\u0966", "\U0001d7ce"

ACCOUNTS = {
    "0123456789": "0123456789",
    "mã là 791 234 5678": "7912345678",
    "mã số bhxh: 01.2345.6789": "0123456789",
    "79 1234 5678": "7912345678",
    "BHXH so 3112345670 nhe": "3112345670",
    "mã e: 2212345679, sdt 0912345678": "2212345679",
    "Số: 0112345678": "0112345678",
    "my number is 79-1234-5678": "7912345678",
    "7912345678 đúng k ad": "7912345678",
    "căn cước 079091234567": "079091234567",
    "０１２３４５６７８９": "0123456789",
}
CARDS = {
    "DN4797912345678": "7912345678",
    "HS 4 79 791 234 5678": "7912345678",
    "thẻ bhyt GD4010123456789": "0123456789",
    "gb-4-48-4812345678": "4812345678",
}
NO_ACCOUNTS = {
    "mã là 123 456": "error.number_length",
    "791234567": "error.number_length",
    "79123456789": "error.number_length",
    "0912345678901": "error.number_length",
    "không biết mã số": "error.number_none",
    "DN479": "error.number_length",
    "ABCDEFGHIJ": "error.number_none",
    "٠١٢٣٤٥٦٧٨٩": "error.digits_script",
    "一二三四五六七八九十": "error.digits_script",
}
PHONES = {
    "0912345678": "+84912345678",
    "sdt của e là 0912.345.678 ạ": "+84912345678",
    "091 234 5678": "+84912345678",
    "+84 912-345-678": "+84912345678",
    "84912345678": "+84912345678",
    "0084 912 345 678": "+84912345678",
    "(+84) 0912 345 678": "+84912345678",
    "912345678": "+84912345678",
    "a ơi lưu số này: 0823.456.789, số cũ bỏ nha": "+84823456789",
    "Zalo 0356789012": "+84356789012",
    "đt:0378901234": "+84378901234",
    "0701234567.": "+84701234567",
    "my number is +84 78 901 2345": "+84789012345",
    "0912 345 678 gọi sau 5h chiều": "+84912345678",
    "091.2345.678 (số của con gái bác)": "+84912345678",
    "0841234567": "+84841234567",
    "+84841234567": "+84841234567",
    "0912345678, nhắc lại 0912 345 678": "+84912345678",
    "０９１２３４５６７８": "+84912345678",
}
NO_PHONES = {
    "091234567": "error.phone_length",
    "09123456789": "error.phone_length",
    "0112345678": "error.phone_prefix",
    "7912345678": "error.phone_length",
    "01234567890": "error.phone_old",
    "02437899999": "error.phone_landline",
    "19009068": "error.phone_landline",
    "+1 415 555 0132": "error.phone_foreign",
    "+912345678": "error.phone_foreign",
    "0091 98123 45678": "error.phone_foreign",
    "số cũ mất rồi": "error.contact_none",
    "gmail": "error.contact_none",
    "nguyenvanagmail.com": "error.contact_none",
    "0912345678 hoặc 0987654321": "error.phone_two",
}
CODES = {
    "123456": "123456",
    "mã otp là 482913 ạ": "482913",
    "482 913": "482913",
    "4 8 2 9 1 3": "482913",
    "482-913": "482913",
    "OTP: 004512": "004512",
    "ma123456": "123456",
    "OTP:123456": "123456",
    "A7 123456": "123456",
    "123456nha": "123456",
    "48 29 13 nha": "482913",
    "the code is 739201": "739201",
    "ma: 739201.": "739201",
    "<#> Ma xac thuc cua ban la 739201. Hieu luc 5 phut": "739201",
    "123456, nhắc lại 123456": "123456",
}
NO_CODES = {
    "1234": "error.code_length",
    "1234567": "error.code_length",
    "48291a": "error.code_length",
    "7392O1": "error.code_length",
    "Hoang123456": "error.code_none",
    "0912345678": "error.code_length",
    "chưa có mã": "error.code_none",
    "123456 hay 654321": "error.code_two",
}
EMAILS = {
    "nguyenvana@gmail.com": "nguyenvana@gmail.com",
    "nguyenvana @gmail . com": "nguyenvana@gmail.com",
    "NguyenVanA@Gmail.COM": "nguyenvana@gmail.com",
    "mail của e: tran.b_1990@yahoo.com.vn nha": "tran.b_1990@yahoo.com.vn",
    "levanc88@outlook.com.": "levanc88@outlook.com",
    "hoa.pham+bhxh@gmail.com": "hoa.pham+bhxh@gmail.com",
    "<nguyenvana@gmail.com>": "nguyenvana@gmail.com",
    "mailto:nguyenvana@gmail.com": "nguyenvana@gmail.com",
    "email:binh_2k@icloud.com đó ad": "binh_2k@icloud.com",
    "my email is john.smith@company.vn": "john.smith@company.vn",
    "a@b.vn, a@b.vn": "a@b.vn",
}
# What has been sent to make a mailer write to somebody else; each gives one address or none.
HOSTILE = [
    "a@b.vn,c@d.vn",
    "a@b.vn, c@d.vn",
    "a@b.vn;c@d.vn",
    "a@b.vn c@d.vn",
    "a@b.vn\nc@d.vn",
    "a@b.vn\r\nBcc: c@d.vn",
    "a@b.vn\r\nBcc:c@d.vn",
    "a@b.vn%0d%0aBcc:c@d.vn",
    "a@b.vn\x00c@d.vn",
    "a@b.vn\u2028c@d.vn",
    "a@b.vn\u0085c@d.vn",
    "a@b.vn\tc@d.vn",
    "Nguyễn Văn A <a@b.vn>",
    '"c@d.vn" <a@b.vn>',
    "c@d.vn <a@b.vn>",
    "<a@b.vn> <c@d.vn>",
    "<c@d.vn>a@b.vn",
    "friends: a@b.vn, c@d.vn;",
    "friends:a@b.vn;",
    "undisclosed-recipients:;",
    '"a b"@c.vn',
    '"a@b.vn"@c.vn',
    '"a,c"@d.vn',
    '"a\\"b"@c.vn',
    "a(comment)@b.vn",
    "a@(comment)b.vn",
    "a@b.vn(c@d.vn)",
    "a@[127.0.0.1]",
    "a@[IPv6:::1]",
    "a@127.0.0.1",
    "a@localhost",
    "a@b",
    "a@b.vn.",
    "a@.b.vn",
    "a@b..vn",
    ".a@b.vn",
    "a.@b.vn",
    "a..b@c.vn",
    "a@-b.vn",
    "a@b-.vn",
    "a@@b.vn",
    "@b.vn",
    "a@",
    "@",
    "a@b.vn?bcc=c@d.vn",
    "mailto:a@b.vn?bcc=c@d.vn",
    "mailto:a@b.vn,c@d.vn",
    "https://c@d.vn/a@b.vn",
    "https://a:x1@b.vn",
    "a!c@b.vn",
    "c%d.vn@b.vn",
    "@c.vn,@d.vn:a@b.vn",
    "а@b.vn",
    "a@ьank.vn",
    "nguyễnvăna@gmail.com",
    "a@münchen.de",
    "a@xn--mnchen-3ya.de",
    "ａ@ｂ．ｖｎ",
    "a\uff20b.vn",
    "a@b\u3002vn",
    "a\u200b@b.vn",
    "\u202ea@b.vn",
    "a@b.vn\ufe0f",
    f"{'a' * 65}@b.vn",
    f"a@{'b' * 250}.vn",
    "nguyenvana@gmail,com",
    "nguyen van a @ gmail.com",
]


@given(st.text(max_size=400))
def test_no_text_breaks_a_reader(text: str) -> None:
    """Every reader answers every text with a value or with one of its own refusals."""
    for reader in READERS:
        answer = reader(text)
        if isinstance(answer, Got):
            assert answer.outcome in reader.outcomes
            assert answer.value.isascii()
            assert answer.value.isprintable()
        else:
            assert answer.key in reader.says
    for judge in (visible, fold, looks_like_password, looks_like_question):
        judge(text)


@given(st.text(alphabet="0123456789+-. @a.vn,:<>()\u0660\uff11\u00a0\u200b\n", max_size=40))
def test_refusals_never_repeat_what_was_typed(text: str) -> None:
    """A refusal holds numbers of digits, never the digits: they may be somebody's card."""
    for reader in READERS:
        answer = reader(text)
        if isinstance(answer, Refused):
            assert set(answer.holes) <= {"given"}
            assert all(len(value) <= len("300") for value in answer.holes.values())


@given(
    st.text(alphabet=DIGITS, min_size=8, max_size=8),
    st.sampled_from(["0", "+84", "84", "0084", "+840", "(+84)"]),
    GAPS,
    GAPS,
    AROUND,
)
def test_one_phone_however_it_is_typed(
    tail: str, front: str, first: str, second: str, around: str
) -> None:
    """Country code, spaces, dots, dashes and invisible marks make no other number."""
    typed = f"{around}{front}{first}9{tail[:3]}{second}{tail[3:]}{around}"
    assert contact(typed) == Got(f"+849{tail}")


@given(st.sampled_from([10, 12]), st.data(), GAPS, AROUND)
def test_one_account_however_it_is_typed(
    length: int, data: st.DataObject, gap: str, around: str
) -> None:
    """Ten or twelve digits stay these digits, whatever stands between and around them."""
    digits = data.draw(st.text(alphabet=DIGITS, min_size=length, max_size=length))
    assert account_number(f"{around}{gap.join(digits)}{around}") == Got(digits)


@given(st.text(alphabet=DIGITS, min_size=6, max_size=6), GAPS, AROUND)
def test_one_code_however_it_is_typed(digits: str, gap: str, around: str) -> None:
    """Six digits stay these six, whatever stands between and around them."""
    assert six_digits(f"{around}{gap.join(digits)}{around}") == Got(digits)


@given(st.text(alphabet=DIGITS, min_size=6, max_size=6))
@pytest.mark.parametrize("zero", [FULLWIDTH, ARABIC, DEVANAGARI, BOLD])
def test_codes_are_strictly_ascii(zero: str, digits: str) -> None:
    """Digits of another script are refused in a code, all of them or a single one."""
    other = "".join(chr(ord(zero) + int(digit)) for digit in digits)
    assert six_digits(other) == Refused("error.code_script")
    assert six_digits(digits[:5] + other[5]) == Refused("error.code_script")


def _table(
    reader: Reader, values: dict[str, str], outcome: str = "ok"
) -> list[tuple[object, ...]]:
    return [(reader, typed, Got(value, outcome)) for typed, value in values.items()]


@pytest.mark.parametrize(
    ("reader", "typed", "got"),
    [
        *_table(account_number, ACCOUNTS),
        *_table(account_number, CARDS, "card"),
        *_table(contact, PHONES),
        *_table(contact, EMAILS),
        *_table(six_digits, CODES),
        *_table(picture_digits, {"1234": "1234", "1 2 3 4": "1234", "１２３４": "1234"}),
    ],
)
def test_read(reader: Reader, typed: str, got: Got) -> None:
    """What people really type is read."""
    assert reader(typed) == got
    assert reader(unicodedata.normalize("NFD", typed)) == got


@pytest.mark.parametrize(
    ("reader", "typed", "key"),
    [
        *((account_number, typed, key) for typed, key in NO_ACCOUNTS.items()),
        *((contact, typed, key) for typed, key in NO_PHONES.items()),
        *((six_digits, typed, key) for typed, key in NO_CODES.items()),
        (picture_digits, "123", "error.human_length"),
        (picture_digits, "\N{GRINNING FACE}", "error.human_length"),
    ],
)
def test_refused(reader: Reader, typed: str, key: str) -> None:
    """What cannot be read is refused with the reason."""
    answer = reader(typed)
    assert isinstance(answer, Refused)
    assert answer.key == key


@pytest.mark.parametrize("reader", READERS)
def test_too_long_and_empty(reader: Reader) -> None:
    """A novel and a message without a letter get words of their own."""
    assert reader("1" * 4096) == Refused("error.too_long")
    for nothing in ("", "  ", "\u200b\u200f\u2060", "\n\t", "\u00a0"):
        assert reader(nothing) == Refused("error.empty")


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_addresses_give_one_address_at_most(typed: str) -> None:
    """Whatever is typed, a mailer gets one plain address or nothing."""
    answer = contact(typed)
    if isinstance(answer, Got):
        assert re.fullmatch(
            r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", answer.value
        )
    else:
        assert answer.key.startswith("error.")
        assert not answer.holes


@pytest.mark.parametrize("typed", [each for each in HOSTILE if "c@d.vn" in each])
def test_no_second_address_slips_in(typed: str) -> None:
    """Where two addresses are typed, neither is taken for the other."""
    assert isinstance(contact(typed), Refused), typed


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("MatKhau@2026x", True),
        ("matkhau123", True),
        ("mật khẩu của tôi là Hoa12345", True),
        ("pass: hoahong", True),
        ("mk = 1234", True),
        ("mật khẩu là gì", False),
        ("tôi quên mật khẩu là phải làm sao", False),
        ("a1@b.vn", False),
        ("nguyenvana1990@gmail.com", False),
        ("0123456789", False),
        ("abc", False),
    ],
)
def test_passwords_are_recognised(text: str, *, is_one: bool) -> None:
    """A password typed by mistake is seen; a number, an address or a question is none."""
    assert looks_like_password(text) is is_one


def test_every_refusal_is_written() -> None:
    """Whatever a reader may answer has its sentence in both languages."""
    for reader in READERS:
        assert all(spoken(wording(), "", key) for key in reader.says)
