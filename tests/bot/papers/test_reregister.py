"""The letter of somebody who lost her phone."""

from dataclasses import replace

import pytest

from bot.papers import reregister
from tests.bot.papers.reading import A4, read, said
from tests.bot.papers.samples import REQUEST

PDF = reregister.pdf(REQUEST)


@pytest.mark.parametrize(
    "words",
    [
        "ĐỀ NGHỊ HỦY TÀI KHOẢN VSSID VÀ ĐĂNG KÝ LẠI VỚI SỐ ĐIỆN THOẠI MỚI",
        "Kính gửi: BHXH TP. Hà Nội - BHXH cơ sở Đống Đa",
        "Họ và tên Nguyễn Thị Mẫu Đỗ Hường",
        "Mã số BHXH hoặc số CCCD 001185000000",
        "Số điện thoại mới 0912 345 678",
        "Thẻ căn cước (CCCD), bản gốc.",
        "ông/bà hỏi nơi nộp để biết ngày hẹn",
        "không phải trả tiền cho bất kỳ ai. Cần hỏi, gọi 1900 9068.",
        "NGƯỜI ĐỀ NGHỊ",
        "Đây không phải mẫu của BHXH Việt Nam.",
    ],
)
def test_what_it_says(words: str) -> None:
    """What she typed, what she asks for, what to bring, and what this paper is not."""
    assert words in said(PDF)


def test_one_sheet() -> None:
    """The letter is one page of A4, the same for equal answers."""
    (page,) = read(PDF)
    assert page.size == A4
    assert reregister.pdf(REQUEST) == PDF


def test_how_long_it_takes() -> None:
    """Where the office has told how long it takes, the letter tells it."""
    both = said(reregister.pdf(replace(REQUEST, days=5, lang="en")))
    assert "khoảng 5 ngày làm việc" in both
    assert "about 5 working days" in both
