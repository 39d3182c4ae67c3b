"""The two filled requests about a pension: each answer in its row, and nothing made up."""

from dataclasses import replace

import pytest

from bot.papers import pension
from bot.papers.pension import Form
from tests.bot.papers.reading import A4, dotted_lines, read, said
from tests.bot.papers.samples import AT, PAYMENT, TRANSFER

PDFS: dict[str, bytes] = {form.paper: pension.pdf(form) for form in (TRANSFER, PAYMENT)}


@pytest.mark.parametrize(
    ("paper", "words"),
    [
        ("hsb_14", "ĐƠN ĐỀ NGHỊ CHUYỂN NƠI HƯỞNG LƯƠNG HƯU, TRỢ CẤP HẰNG THÁNG"),
        ("hsb_14", "Mẫu 14-HSB"),
        ("hsb_14", "Đang hưởng Lương hưu"),
        ("hsb_14", "Nơi hưởng mới: tỉnh, thành phố Thành phố Hồ Chí Minh (Bình Dương cũ)"),
        ("hsb_14", "phường Thủ Dầu Một"),
        ("cbh_2", "THÔNG BÁO THAY ĐỔI THÔNG TIN NGƯỜI HƯỞNG"),
        ("cbh_2", "Mẫu 2-CBH"),
        ("cbh_2", "Hình thức nhận Vào tài khoản của tôi"),
        *(
            (paper, words)
            for paper in ("hsb_14", "cbh_2")
            for words in (
                "NGUYỄN THỊ MẪU ĐỖ HƯỜNG",
                "Ngày, tháng, năm sinh 12/03/1955",
                "Mã số BHXH 0123456789",
                "Chủ tài khoản NGUYEN THI MAU DO HUONG",
                "Ngân hàng Vietcombank",
                "Số tài khoản 0071000123456",
                "Chủ tài khoản phải là chính người hưởng.",
                "(Ký và ghi rõ họ tên)",
                "không phải bản in của cơ quan BHXH",
            )
        ),
    ],
)
def test_what_it_says(paper: str, words: str) -> None:
    """Each answer stands beside its item; who filled it in and who signs is said."""
    assert words in said(PDFS[paper])


@pytest.mark.parametrize("form", [TRANSFER, PAYMENT])
def test_one_sheet(form: Form) -> None:
    """An ordinary request is one page of A4, the same for equal answers; so it is in English."""
    (page,) = read(pension.pdf(form))
    assert page.size == A4
    assert pension.pdf(form) == PDFS[form.paper]


def test_cash_needs_no_account() -> None:
    """Where the money comes in cash the form has no line for a bank."""
    cash = said(pension.pdf(replace(PAYMENT, method="Tiền mặt", by_bank=False)))
    assert "Hình thức nhận Tiền mặt" in cash
    assert "Số tài khoản" not in cash
    assert "0071000123456" not in cash


def test_an_empty_one_can_be_filled_in_by_hand() -> None:
    """Where an answer is missing there is a dotted line, and nothing is made up."""
    empty = pension.pdf(Form("hsb_14", "VB-7K2M-94QX", AT, by_bank=True))
    assert dotted_lines(empty) == 13
    assert dotted_lines(PDFS["hsb_14"]) == 1  # the office that pays now
    assert "None" not in said(empty)


def test_english_beside_it() -> None:
    """In a chat in English each item has its English, too."""
    both = said(pension.pdf(replace(TRANSFER, lang="en")))
    for words in ("Account number", "Way of payment", "Beneficiary", "14-HSB"):
        assert words in both
