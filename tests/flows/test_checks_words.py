"""Names, dates, addresses, answers: kept as they were meant, refused if no form prints them."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.checks import (
    Got,
    Reader,
    Refused,
    birth_date,
    free_text,
    full_name,
    not_born_then,
    postal_address,
    short_words,
)

NAMES = {
    "Nguyễn Hủy An": "Nguyễn Hủy An",
    "Nguyễn Văn A": "Nguyễn Văn A",
    "nguyễn  thị   bích": "nguyễn thị bích",
    "NGUYỄN VĂN AN": "NGUYỄN VĂN AN",
    "An": "An",
    "A": "A",
    "tôi tên là Nguyễn Văn A ạ": "Nguyễn Văn A",
    "họ và tên: Trần Thị B": "Trần Thị B",
    "Họ tên Lê Văn C.": "Lê Văn C.",
    "cháu là Lò Thị Mai": "Lò Thị Mai",
    "my name is John O’Brien": "John O'Brien",
    "nhầm, tên là Nguyễn Văn B": "Nguyễn Văn B",
    "H'Hen Niê": "H'Hen Niê",
    "Y-Bhim Êban": "Y-Bhim Êban",
    "K’Brêu": "K'Brêu",
    "Vì Sao": "Vì Sao",
    "Tôn Nữ Thị Ninh\u200b": "Tôn Nữ Thị Ninh",
    "Jürgen Møller": "Jürgen Møller",
    "a" * 60: "a" * 60,
}
NO_NAMES = {
    "Nguyễn Văn 2": "error.name_digits",
    "0912345678": "error.name_digits",
    "Nguyễn Ⅻ": "error.name_digits",
    "a" * 61: "error.name_long",
    "tại sao cần họ tên": "error.name_letters",
    "bao lâu?": "error.name_letters",
    "ten@gmail.com": "error.name_letters",
    "Nguy\u0435n Van A": "error.name_letters",
    "阮文安": "error.name_letters",
    "Ｎｇｕｙｅｎ": "error.name_letters",
    "😀": "error.name_letters",
    "-": "error.name_letters",
    "Nguyễn/Văn": "error.name_letters",
    "q\u0303uy\u0338": "error.name_letters",
}
WORDS = {
    "Kinh": "Kinh",
    "dân tộc Kinh": "Kinh",
    "tôi là người Tày ạ": "Tày",
    "người H’Mông": "H'Mông",
    "Ba-na": "Ba-na",
    "Giẻ-Triêng": "Giẻ-Triêng",
    "Bru-Vân Kiều": "Bru-Vân Kiều",
    "quốc tịch: Việt Nam": "Việt Nam",
    "Hoa Kỳ": "Hoa Kỳ",
}
NO_WORDS = {
    "12": "error.words_letters",
    "là gì?": "error.words_letters",
    "dân tộc gì là gì": "error.words_letters",
    "Kinh, Tày": "error.words_letters",
    "a" * 31: "error.words_long",
}
DATES = {
    "3/4/1948": "03/04/1948",
    "03/04/1948": "03/04/1948",
    "03.04.1948": "03/04/1948",
    "03-04-1948": "03/04/1948",
    "3 – 4 – 1948": "03/04/1948",
    "3 4 1948": "03/04/1948",
    "03041948": "03/04/1948",
    "1948-04-03": "03/04/1948",
    "ngày 3 tháng 4 năm 1948": "03/04/1948",
    "Ngày 03 tháng 04 năm 1948.": "03/04/1948",
    "ngay 3 thang 4 nam 1948": "03/04/1948",
    "3 tháng 4, 1948": "03/04/1948",
    "3/4 năm 1948": "03/04/1948",
    "3thang4nam1948": "03/04/1948",
    "sinh ngày 3/4/1948 ạ": "03/04/1948",
    "mùng ba tháng tư năm 1948": "03/04/1948",
    "hăm ba tháng tư năm 1948": "23/04/1948",
    "3rd of April 1948": "03/04/1948",
    "mồng 3 tháng giêng năm 1948": "03/01/1948",
    "15 tháng chạp năm 1950": "15/12/1950",
    "15 tháng mười một năm 1950": "15/11/1950",
    "15 tháng mười năm 1950": "15/10/1950",
    "ngày ba mươi mốt tháng mười hai năm một nghìn chín trăm bảy lăm": "31/12/1975",
    "born on the fifth of September 1956": "05/09/1956",
    "the thirty-first of December, 1975": "31/12/1975",
    "September twenty third, 1960": "23/09/1960",
    "3 tháng năm năm 1948": "03/05/1948",
    "ngày 3 tháng 12 năm một chín bốn tám": "03/12/1948",
    "ngày 3 tháng 4 năm một chín năm bốn": "03/04/1954",
    "3 April 1948": "03/04/1948",
    "April 3rd, 1948": "03/04/1948",
    "29/2/2000": "29/02/2000",
    "29/02/1948": "29/02/1948",
    "3/4/1948 (ngày 3/4/1948)": "03/04/1948",
}
YEARS = {
    "1948": "1948",
    "năm 1948": "1948",
    "sinh năm 1948": "1948",
    "giấy tờ chỉ ghi 1948": "1948",
    "sinh năm một chín bốn tám": "1948",
    "00/00/1948": "1948",
}
NO_DATES = {
    "30/2/1950": "error.date_impossible",
    "29/02/1900": "error.date_impossible",
    "31/4/1960": "error.date_impossible",
    "4/13/1948": "error.date_impossible",
    "32/1/1948": "error.date_impossible",
    "3/4/48": "error.date_short_year",
    "3-4-48": "error.date_short_year",
    "030448": "error.date_short_year",
    "48": "error.date_short_year",
    "3/4/1899": "error.date_too_old",
    "1850": "error.date_too_old",
    "3/4/2948": "error.date_future",
    "9999": "error.date_future",
    "4/1948": "error.date_incomplete",
    "tháng 4 năm 1948": "error.date_incomplete",
    "tháng năm 1948": "error.date_incomplete",
    "00/04/1948": "error.date_incomplete",
    "3/4": "error.date_incomplete",
    "0912345678": "error.date_incomplete",
    "không nhớ": "error.date_none",
    "3/4/1948 hoặc 4/4/1948": "error.date_two",
    "٣/٤/١٩٤٨": "error.digits_script",
}
ADDRESSES = {
    "12 Lê Lợi, phường Bến Nghé, TP.HCM": "12 Lê Lợi, phường Bến Nghé, TP.HCM",
    "12 Lê Lợi\nPhường 1,\n\nTP HCM\n": "12 Lê Lợi, Phường 1, TP HCM",
    "Địa chỉ: 12/3 Lê Lợi, P.5, Q.Gò Vấp": "12/3 Lê Lợi, P.5, Q.Gò Vấp",
    "địa chỉ của tôi là thôn Đông, xã Tây": "thôn Đông, xã Tây",
    "Thôn Đông xã Tây tỉnh Hà Nam": "Thôn Đông xã Tây tỉnh Hà Nam",
    "Số nhà 5 (cạnh chùa), xã A – tỉnh B": "Số nhà 5 (cạnh chùa), xã A - tỉnh B",
    "P.1203 - CT2A, KĐT Mỹ Đình": "P.1203 - CT2A, KĐT Mỹ Đình",
}
NO_ADDRESSES = {
    "Hà Nội": "error.address_short",
    "1234567890": "error.address_short",
    "Hoang123456": "error.address_short",
    "phí bao nhiêu vậy ạ": "error.address_short",
    "xem tại https://x.vn/abc nhé": "error.address_link",
    "gửi về www.evil.com giúp tôi": "error.address_link",
    "nhắn zalo.me/0912345678 giúp tôi": "error.address_link",
    "12 Lê Lợi, evil.com": "error.address_link",
    "số 5, xã A " * 19: "error.address_long",
    "12 Lê Lợi 😀, phường 1": "error.address_signs",
    "12 Lê Lợi <b>, phường 1": "error.address_signs",
    "số 5, an @ nhà, phường 1": "error.address_signs",
    "12 \u041b\u0435 Loi, phuong 1": "error.address_signs",
}


@pytest.mark.parametrize(
    ("reader", "typed", "got"),
    [
        *((full_name, typed, Got(value)) for typed, value in NAMES.items()),
        *((short_words, typed, Got(value)) for typed, value in WORDS.items()),
        *((birth_date, typed, Got(value)) for typed, value in DATES.items()),
        *((birth_date, typed, Got(value, "year")) for typed, value in YEARS.items()),
        *((postal_address, typed, Got(value)) for typed, value in ADDRESSES.items()),
        (free_text, "Tôi đã nộp\nrồi  ạ", Got("Tôi đã nộp rồi ạ")),
        (free_text, "1", Got("1")),
        (free_text, "x" * 500, Got("x" * 500)),
        (free_text, "HS4797912345678", Got("HS4797912345678")),
    ],
)
def test_read(reader: Reader, typed: str, got: Got) -> None:
    """What people really type is read, composed or not, and reads the same again."""
    assert reader(typed) == got
    assert reader(unicodedata.normalize("NFD", typed)) == got or typed.startswith("x" * 300)
    assert reader(got.value) == got


@pytest.mark.parametrize(
    ("reader", "typed", "key"),
    [
        *((full_name, typed, key) for typed, key in NO_NAMES.items()),
        *((short_words, typed, key) for typed, key in NO_WORDS.items()),
        *((birth_date, typed, key) for typed, key in NO_DATES.items()),
        *((postal_address, typed, key) for typed, key in NO_ADDRESSES.items()),
        (free_text, "mật khẩu: Hoa12345", "error.answer_secret"),
        (free_text, "x" * 501, "error.too_long"),
        (free_text, "\u200b\n", "error.empty"),
    ],
)
def test_refused(reader: Reader, typed: str, key: str) -> None:
    """What cannot be printed or is no such thing is refused with the reason."""
    answer = reader(typed)
    assert isinstance(answer, Refused)
    assert answer.key == key


def test_every_refusal_has_a_line_above() -> None:
    """No reader lists a refusal that nothing brings about."""
    for reader, table in (
        (full_name, NO_NAMES),
        (short_words, NO_WORDS),
        (birth_date, NO_DATES),
        (postal_address, NO_ADDRESSES),
    ):
        assert set(table.values()) == set(reader.refusals)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from("/.- "), st.booleans())
def test_every_day_can_be_a_birthday(day: date, sign: str, short: bool) -> None:  # noqa: FBT001
    """Any day that exists is read, with and without leading zeros, with any sign between."""
    parts = (day.day, day.month, day.year)
    typed = sign.join(str(part) if short else f"{part:02}" for part in parts)
    assert birth_date(typed) == Got(f"{day.day:02}/{day.month:02}/{day.year}")
    assert birth_date(day.isoformat()) == birth_date(typed)


TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("24/11/2026", ""),
        ("25/11/2026", "error.date_future"),
        ("01/01/2027", "error.date_future"),
        ("2026", ""),
        ("2027", "error.date_future"),
        ("24/11/1906", ""),
        ("23/11/1906", "error.date_too_old"),
        ("1906", ""),
        ("1905", "error.date_too_old"),
        ("29/02/1948", ""),
    ],
)
def test_who_lives_today_was_born_in_time(value: str, key: str) -> None:
    """Nobody is born tomorrow, and nobody is older than 120; a year alone is taken kindly."""
    assert not_born_then(value, TODAY) == (Refused(key) if key else None)


@given(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.dates(date(2024, 1, 1), date(2099, 1, 1))
)
def test_the_living_are_between_nought_and_120(born: date, today: date) -> None:
    """Whoever is born up to today and less than 120 years ago is never refused."""
    answer = not_born_then(f"{born.day:02}/{born.month:02}/{born.year}", today)
    if born > today:
        assert answer == Refused("error.date_future")
    elif born > today - timedelta(days=120 * 365):
        assert answer is None


@given(st.text(alphabet="NguyễnVĂnHảiÊĐôưĩ '-", min_size=1, max_size=60))
def test_vietnamese_letters_are_kept(name: str) -> None:
    """A name that is read is the name that was typed, composed, with single spaces."""
    answer = full_name(unicodedata.normalize("NFD", name))
    if isinstance(answer, Got):
        assert answer.value == " ".join(unicodedata.normalize("NFC", name).split())
