"""A PDF as a reader shows it: PDFium for text, places and pictures, ZXing for the square code."""

import unicodedata
from dataclasses import dataclass

import zxingcpp
from PIL import Image
from pypdfium2 import PdfDocument, raw

POINT = 25.4 / 72
A4 = (210.0, 297.0)
SLACK = 0.4  # millimetres by which a letter's edge may stand out of its line


@dataclass(frozen=True)
class Letter:
    """One visible letter and its box, in millimetres from the left and lower edges."""

    letter: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Page:
    """One page of a paper."""

    size: tuple[float, float]
    text: str
    letters: tuple[Letter, ...]
    picture: Image.Image

    @property
    def code(self) -> list[str]:
        """What the square codes on the page say."""
        return [found.text for found in zxingcpp.read_barcodes(self.picture)]

    def is_within(self, side: float, above: float, below: float) -> bool:
        """Whether every letter keeps off the edges by so much."""
        width, height = self.size
        return all(
            one.left >= side - SLACK
            and one.right <= width - side + SLACK
            and one.bottom >= below - SLACK
            and one.top <= height - above + SLACK
            for one in self.letters
        )


def read(pdf: bytes, *, pictures: bool = False) -> list[Page]:
    """All pages; what cannot be read is an error of the reader."""
    document = PdfDocument(pdf)
    try:
        return [_page(document, number, pictures) for number in range(len(document))]
    finally:
        document.close()


def said(pdf: bytes) -> str:
    """All text, on one line: lines break wherever a page is too narrow."""
    text = " ".join(page.text for page in read(pdf))
    return " ".join(unicodedata.normalize("NFC", text).split())


def dotted_lines(pdf: bytes) -> int:
    """How many lines there are to write on by hand."""
    document = PdfDocument(pdf)
    drawn = [thing for page in document for thing in page.get_objects([raw.FPDF_PAGEOBJ_PATH])]
    dotted = int(sum(raw.FPDFPageObj_GetDashCount(thing) > 0 for thing in drawn))
    document.close()
    return dotted


def _page(document: PdfDocument, number: int, pictures: bool) -> Page:  # noqa: FBT001
    page = document[number]
    text = page.get_textpage()
    count = text.count_chars()
    letters = [(chr(raw.FPDFText_GetUnicode(text, n)), text.get_charbox(n)) for n in range(count)]
    width, height = page.get_size()
    return Page(
        (round(width * POINT, 1), round(height * POINT, 1)),
        text.get_text_range(),
        tuple(Letter(one, *(x * POINT for x in box)) for one, box in letters if one.strip()),
        page.render(scale=2).to_pil() if pictures else Image.new("L", (1, 1)),
    )
