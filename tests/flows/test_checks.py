"""Readers: one value however it is typed, a kind refusal otherwise, and never a crash."""

import re
import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows import checks
from flows.checks import (
    Got,
    Reader,
    Refused,
    account_number,
    contact,
    fold,
    line_number,
    looks_like_password,
    looks_like_question,
    national_id,
    picture_digits,
    six_digits,
    visible,
)

READERS = [each for each in vars(checks).values() if isinstance(each, Reader)]
TEXTS = Path(checks.__file__).parent.parent / "texts"
EMAIL_CORPUS = tomllib.loads((Path(__file__).parent / "corpora/emails.toml").read_text("utf-8"))
HOSTILE = [*(line for lines in EMAIL_CORPUS["refused"].values() for line in lines)]
HOSTILE += EMAIL_CORPUS["accepted"]
OUR_MESSAGES = sorted(
    {
        text
        for file in TEXTS.glob("*.toml")
        for lang in tomllib.loads(file.read_text("utf-8")).values()
        for text in lang.get("sms", {}).values()
        if "{code}" in text
    }
)
# One thing as people and keyboards space it: also the no-break, thin and zero-width ones.
GAPS = st.sampled_from(
    ["", " ", ".", "-", "\u00a0", "\u2009", "\u202f", "\u200b", "\u2011", "\u2013"]
)
AROUND = st.sampled_from(["", " ", "\u200f", "\u202e", "\n", "\u00a0", "\ufeff", "số ", "ạ."])
DIGITS = "0123456789"
SIX = st.text(alphabet=DIGITS, min_size=6, max_size=6)
SAID = [
    ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"),
    ("khong", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin"),
    ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
]
# What answers are made of, and the words around them that readers leave out.
PIECES = ["tên ", "tôi ", "là ", "người ", "dân tộc ", "địa chỉ ", "ạ", " ạ.", ",", ";", ": ", " "]
PIECES += ["\n", "An", "H’", "-", ". ", "12 Lê Lợi, ", "tháng ", "năm ", "ngày ", "3", "4", "/"]
PIECES += ["không ", "một ", "bốn ", "1948", "0912345678", "079091234567", "a@", "gmail", ".com"]
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
    "7920334411 hay 7920334410": "error.number_two",
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
    "01234567890": "error.phone_renumbered",
    "01101234567": "error.phone_old",
    "02437899999": "error.phone_landline",
    "19009068": "error.phone_hotline",
    "8079": "error.phone_short",
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
    "482913. 10 phút": "482913",
    "482913 la ma A7 doi SO DIEN THOAI VssID. Het han 10:35. Goi 19009068": "482913",
    "bốn tám hai chín một ba": "482913",
    "mã là bốn tám hai chín một ba ạ": "482913",
    "bốn ba số tám một ba": "488813",
    "một ba con hai, hai số bảy": "122277",
    "mã như sau: bốn tám hai chín một ba": "482913",
    "Bốn tám hai, chín một ba.": "482913",
    "bon tam hai chin mot ba": "482913",
    "không không bốn năm một hai": "004512",
    "bốn tám hai chín 13": "482913",
    "bốn mươi tám hai chín một ba": "482913",
    "bốn tám, hai chín, mười ba": "482913",
    "bốn trăm tám mươi hai, chín trăm mười ba": "482913",
    "một trăm, hai trăm": "100200",
    "four double two nine one three": "422913",
    "lúc nãy 111222 hết hạn, giờ nó gửi 482913": "482913",
    "four eight two nine one three": "482913",
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
    "482913 la ma A7 VssID. 771122 la ma B2 VssID": "error.code_two",
    "bốn tám hai chín một ba bảy": "error.code_length",
    "bốn tám hai chín một": "error.code_length",
    "mười bốn tám hai chín một ba": "error.code_length",
    "bốn trăm hai chín một ba": "error.code_none",
    "bốn nghìn tám trăm hai mươi chín mười ba": "error.code_none",
    "tôi không có năm ba cái mã nào": "error.code_none",
    "４８２９１３": "error.code_script",
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
IDS = {
    "079091234567": "079091234567",
    "079 091 234 567": "079091234567",
    "079.091.234567 ạ": "079091234567",
    "cccd: 079091234567, cmnd cũ 123456789": "079091234567",
    "０７９０９１２３４５６７": "079091234567",
    "990300123456": "990300123456",
}
OLD_IDS = {"123456789": "123456789", "cmnd 123 456 789": "123456789"}
NO_IDS = {
    "không có": "error.id_none",
    "0123456789": "error.id_length",
    "07909123456": "error.id_length",
    "079091234567 hay 079091234568": "error.id_two",
    "123456789 hoặc 987654321": "error.id_two",
    "٠٧٩٠٩١٢٣٤٥٦٧": "error.digits_script",
}
LINES = {
    "3": "3",
    "3.": "3",
    " 12 ": "12",
    "dòng 3": "3",
    "sửa 3": "3",
    "sua dong 3": "3",
    "Sửa dòng số 3 giúp em ạ": "3",
    "mục 10": "10",
    "dòng ba": "3",
    "sửa dòng năm": "5",
    "thứ tám": "8",
    "change line 4 please": "4",
    "③": "3",
}
NO_LINES = {
    "sửa năm": "error.line_none",
    "sửa lại": "error.line_none",
    "0": "error.line_none",
    "100": "error.line_none",
    "0912345678": "error.line_none",
    "nhầm, email là b2@x.vn": "error.line_none",
    "sinh năm 1948": "error.line_none",
    "3 và 4": "error.line_two",
    "dòng 3 dòng 4": "error.line_two",
}


class _Holes(dict[str, str]):
    """What messages are filled with: clock times, labels, and numbers as we mask them."""

    def __missing__(self, key: str) -> str:
        kinds = {"until": "23:59 31/12", "label": "A7", "tail": "6789", "hotline": "19009068"}
        return kinds.get(key.partition("_")[0], "09xx..567")


@given(st.text(max_size=400))
@example("\ud800@\udfff")
@example("\u0130" * 40 + "@")
@example("la:" * 90 + "@")
@example("((" * 70 + "@" + "))" * 70)
def test_no_text_breaks_a_reader(text: str) -> None:
    """Every reader answers every text with a value or with one of its own refusals."""
    for reader in READERS:
        answer = reader(text)
        if isinstance(answer, Got):
            assert answer.outcome in reader.outcomes
            assert answer.value.isascii() or reader.loose
            assert answer.value.isprintable() or reader is checks.free_text
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
            assert set(answer.holes) <= {"given", "prefix"}
            renumbered = answer.key == "error.phone_renumbered"
            assert all(len(v) <= (4 if renumbered else 3) for v in answer.holes.values())


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


@given(SIX, GAPS, AROUND)
def test_one_code_however_it_is_typed(digits: str, gap: str, around: str) -> None:
    """Six digits stay these six, whatever stands between and around them."""
    assert six_digits(f"{around}{gap.join(digits)}{around}") == Got(digits)


@given(gap=st.sampled_from([" ", ", ", " - "]), digits=SIX)
@pytest.mark.parametrize("names", SAID)
def test_one_code_however_it_is_said(names: tuple[str, ...], gap: str, digits: str) -> None:
    """Six digits said one by one are these six, with and without accents."""
    said = gap.join(names[int(digit)] for digit in digits)
    assert six_digits(f"mã là {said} ạ" if not said.isascii() else said) == Got(digits)


@given(digits=SIX)
@pytest.mark.parametrize("sms", OUR_MESSAGES)
def test_our_own_message_may_be_pasted_whole(sms: str, digits: str) -> None:
    """The code is found in every message of ours that carries one, and nothing else in it."""
    filled = sms.format_map(_Holes(code=digits))
    assert six_digits(filled) == Got(digits)


@given(digits=SIX)
@pytest.mark.parametrize("zero", [FULLWIDTH, ARABIC, DEVANAGARI, BOLD])
def test_codes_are_strictly_ascii(zero: str, digits: str) -> None:
    """Digits of another script are refused in a code, all of them or a single one."""
    other = "".join(chr(ord(zero) + int(digit)) for digit in digits)
    assert six_digits(other) == Refused("error.code_script")
    assert six_digits(digits[:5] + other[5]) == Refused("error.code_script")


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_was_read_reads_the_same_again(text: str) -> None:
    """A normal form is its own normal form, with the same outcome."""
    for reader in READERS:
        answer = reader(text)
        if isinstance(answer, Got) and answer.outcome != "card":
            assert reader(answer.value) == answer


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
        *_table(national_id, IDS),
        *_table(national_id, OLD_IDS, "old"),
        *_table(line_number, LINES),
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
        *((national_id, typed, key) for typed, key in NO_IDS.items()),
        *((line_number, typed, key) for typed, key in NO_LINES.items()),
        (picture_digits, "123", "error.human_length"),
        (picture_digits, "\N{GRINNING FACE}", "error.human_length"),
    ],
)
def test_refused(reader: Reader, typed: str, key: str) -> None:
    """What cannot be read is refused with the reason."""
    answer = reader(typed)
    assert isinstance(answer, Refused)
    assert answer.key == key


def test_every_refusal_has_a_line_above() -> None:
    """No reader lists a refusal that nothing brings about."""
    for reader, table in (
        (account_number, NO_ACCOUNTS),
        (national_id, NO_IDS),
        (line_number, NO_LINES),
        (six_digits, NO_CODES),
    ):
        assert set(table.values()) == set(reader.refusals)


@pytest.mark.parametrize("reader", READERS)
def test_too_long_and_empty(reader: Reader) -> None:
    """A novel and a message without a letter get words of their own."""
    assert reader("1" * 4096) == Refused("error.too_long")
    for nothing in ("", "  ", "\u200b\u200f\u2060", "\n\t", "\u00a0"):
        assert reader(nothing) == Refused("error.empty")


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_addresses_give_one_address_at_most(typed: str) -> None:
    """Whatever is typed, an address on file is looked up by one plain address or not at all."""
    answer = contact(typed)
    if isinstance(answer, Got):
        assert re.fullmatch(
            r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", answer.value
        )
    else:
        assert answer.key.startswith("error.")


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
        ("đổi mật khẩu ở https://vssid.bhxh.gov.vn được không", False),
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
