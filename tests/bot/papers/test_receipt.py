"""The receipt: what it says, in letters that can be read back, and a code that proves it."""

from dataclasses import replace

import pytest

from bot.papers import receipt
from bot.papers.seal import LOOKS_SO, public_key, verify
from tests.bot.papers.reading import A4, read, said
from tests.bot.papers.samples import RECEIPT, SEED

PDF = receipt.pdf(RECEIPT, seed=SEED)


@pytest.mark.parametrize(
    "words",
    [
        "BIÊN NHẬN",
        "Mã hồ sơ VB-7K2M-94QX",
        "Cấp lại sổ BHXH",
        "Nhận kết quả qua bưu điện: số 12 phố Hàng Mẫu, phường Cửa Nam, Hà Nội",
        "9 giờ 05, thứ Hai, ngày 23/11/2026",
        "Đã gửi",
        "Chậm nhất thứ Hai, ngày 07/12/2026",
        "Nhắn “hồ sơ” cho trợ lý này, lúc nào cũng được. Hoặc gọi 1900 9068.",
        "Ông/bà không phải trả tiền cho bất kỳ ai.",
        "Chỉ có bưu phí, trả cho bưu điện khi nhận kết quả.",
        "Đây không phải giấy tờ của BHXH Việt Nam.",
        "Trang 1/1",
    ],
)
def test_what_it_says(words: str) -> None:
    """Each fact stands on it, in Vietnamese that a reader gives back letter by letter."""
    assert words in said(PDF)


def test_one_page_of_a4() -> None:
    """It is one sheet, the same for equal facts, with nobody's name in its title."""
    (page,) = read(PDF)
    assert page.size == A4
    assert receipt.pdf(RECEIPT, seed=SEED) == PDF
    assert len(PDF) < 40_000


def test_what_is_not_so_is_not_said() -> None:
    """No date where none is due, no postage where nothing goes by post, no English unasked."""
    plain = said(receipt.pdf(replace(RECEIPT, due=None, by_post=False, details=()), seed=SEED))
    for words in ("Hạn trả lời", "bưu phí", "Nội dung", "Receipt"):
        assert words not in plain


def test_a_chat_in_english() -> None:
    """The Vietnamese stays, the English stands with it."""
    both = said(receipt.pdf(replace(RECEIPT, lang="en"), seed=SEED))
    for words in ("BIÊN NHẬN Receipt", "You do not have to pay anybody.", "7 December 2026"):
        assert words in both


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_code_on_it_proves_it(lang: str) -> None:
    """A camera, the small print and the file itself give the same text: ours, of this receipt."""
    pdf = receipt.pdf(replace(RECEIPT, lang=lang), seed=SEED)
    (page,) = read(pdf, pictures=True)
    (scanned,) = page.code
    assert scanned in "".join(page.text.split())
    assert LOOKS_SO.findall(pdf.decode("latin-1")) == [scanned]
    assert verify([public_key(SEED)], scanned) == RECEIPT.statement


def test_the_statement() -> None:
    """What is signed is what the paper says."""
    stated = RECEIPT.statement
    assert (stated.reference, stated.kind, stated.step) == (
        RECEIPT.reference,
        RECEIPT.kind,
        RECEIPT.step,
    )
    assert stated.at == int(RECEIPT.at)
