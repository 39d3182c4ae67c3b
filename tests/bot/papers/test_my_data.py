"""A copy of one's own data, to read and to print."""

import pytest
from msgspec.structs import replace

from bot.papers import my_data
from tests.bot.papers.reading import read, said
from tests.bot.papers.samples import COPY

PDF = my_data.pdf(COPY, "vi")


@pytest.mark.parametrize(
    "words",
    [
        "DỮ LIỆU CỦA ÔNG/BÀ",
        "Họ và tên Nguyễn Thị Mẫu Đỗ Hường",
        "Thẻ BHYT dùng đến 2031-07-13",
        "09:05 23/11/2026 > dữ liệu của tôi Ông/bà đồng ý?",
        "phone: +84912345678 > +84987654321",
        "Dữ liệu của tôi: yes",
        "DL-261123-A7K2M9",
        "Đừng gửi cho ai.",
    ],
)
def test_what_it_says(words: str) -> None:
    """The account's file and every entry of every section, with its time."""
    assert words in said(PDF)


def test_what_is_not_there_is_not_said() -> None:
    """A section without entries has no heading."""
    assert "Hồ sơ đã nộp" not in said(my_data.pdf(replace(COPY, requests=[]), "vi"))


def test_many_messages() -> None:
    """It goes on over as many pages as it takes."""
    many = replace(COPY, messages=COPY.messages * 300)
    assert len(list(read(my_data.pdf(many, "en")))) > 5
