"""The filled declaration: the answers beside their items, and room for what is missing."""

import re

import pytest

from bot.papers import tk1_ts
from bot.papers.tk1_ts import Form
from tests.bot.papers.reading import A4, dotted_lines, read, said
from tests.bot.papers.samples import AT, FORM

PDF = tk1_ts.pdf(FORM)


@pytest.mark.parametrize(
    "words",
    [
        "Độc lập - Tự do - Hạnh phúc",
        "TỜ KHAI THAM GIA, ĐIỀU CHỈNH THÔNG TIN BẢO HIỂM XÃ HỘI, BẢO HIỂM Y TẾ",
        "Mẫu TK1-TS, Quyết định 490/QĐ-BHXH ngày 28/3/2023",
        "Trợ lý tự động điền sẵn",
        "NGUYỄN THỊ MẪU ĐỖ HƯỜNG",
        "[02] Giới tính Nữ",
        "[03] Ngày, tháng, năm sinh 12/03/1985",
        "[04] Quốc tịch Việt Nam",
        "[05] Dân tộc Kinh",
        "[07] Điện thoại 0912 345 678",
        "Mã số BHXH 0123456789",
        "Nội dung yêu cầu Cấp lại sổ BHXH bị hỏng, không thay đổi thông tin",
        "Hồ sơ kèm theo Sổ BHXH bị hỏng",
        "(Ký và ghi rõ họ tên)",
        "không phải bản in của cơ quan BHXH",
    ],
)
def test_what_it_says(words: str) -> None:
    """Each answer stands beside its item; who filled it in and who signs is said."""
    assert words in said(PDF)


def test_no_item_is_given_a_number_that_is_not_known() -> None:
    """Items [01] to [08] are numbered as in the decision, once each; the others are not."""
    assert re.findall(r"\[\d+\]", said(PDF)) == [f"[{n:02}]" for n in range(1, 9)]


def test_one_sheet_unless_there_is_more() -> None:
    """An ordinary declaration is one page of A4, the same for equal answers."""
    (page,) = read(PDF)
    assert page.size == A4
    assert tk1_ts.pdf(FORM) == PDF


def test_an_empty_one_can_be_filled_in_by_hand() -> None:
    """Where an answer is missing there is a dotted line, and nothing is made up."""
    empty = tk1_ts.pdf(Form(reference="VB-7K2M-94QX", at=AT))
    assert dotted_lines(empty) == 12
    assert dotted_lines(PDF) == 1  # the e-mail
    assert "None" not in said(empty)


def test_several_papers() -> None:
    """Each enclosed paper has a line."""
    several = said(tk1_ts.pdf(Form("r", AT, papers=("Sổ cũ", "Ảnh"), lang="en")))
    for words in ("Sổ cũ", "Ảnh", "Papers enclosed"):
        assert several.count(words) == 1
