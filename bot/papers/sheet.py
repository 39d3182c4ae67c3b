"""The parts a paper is put together from: titles, rows, boxes, a QR code, a place to sign.

Each stands below the last. A phrase is said in Vietnamese, with its English in smaller letters
below it for chats in English. Refuses to know what a paper is about.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.papers.pen import BOTTOM, GREY, MARGIN, WIDTH, Look, Pen
from bot.papers.words import Phrase, Words

LABEL = 58.0
GAP = 3.0
PADDING = 4.0
TITLE = Look(14, bold=True, align="C")
HEADING = Look(12, bold=True)
BODY = Look(10.5)
STRONG = Look(10.5, bold=True)
NOTE = Look(8.5, ink=GREY)
TINY = Look(7, ink=GREY)
QUIET = 4  # modules left white around a QR code


class Sheet:
    """A paper being written; `finish` gives its bytes."""

    def __init__(self, words: Words, title: Phrase, *, made: float, lang: str) -> None:
        self._words = words
        self._english = lang == "en"
        self._pen = Pen(title.vi, made)

    def said(self, said: Phrase, look: Look = BODY) -> None:
        """A paragraph over the whole width."""
        self._write(said, look)
        self.space(1)

    def motto(self) -> None:
        """The heading of every letter to an office in Viet Nam."""
        for key in ("sheet.motto", "sheet.motto_2"):
            self._write(self._words(key), replace(STRONG, align="C"))
        self.space(1)
        self._pen.line(MARGIN + WIDTH / 2 - 26, 52)
        self.space(7)

    def heading(self, said: Phrase) -> None:
        """A heading; it never stands alone at the end of a page."""
        self.space(GAP)
        self._pen.need(26)
        self._write(said, HEADING)
        self.space(0.5)
        self._pen.line(MARGIN, WIDTH)
        self.space(2)

    def row(self, label: Phrase, value: Phrase, look: Look = BODY) -> None:
        """A label and what belongs to it; a dotted line where there is nothing yet."""
        pen = self._pen
        pen.need(max(self._height(label, NOTE, LABEL - GAP), BODY.line) + 1)
        top, pages = pen.y, pen.pages
        self.space(0.6)  # so that the smaller letters stand on the same line
        self._write(label, NOTE, MARGIN, LABEL - GAP)
        below, pen.y = pen.y, top
        if pen.plain(value.vi):
            self._write(value, look, MARGIN + LABEL, WIDTH - LABEL)
        else:
            self.dots(MARGIN + LABEL)
        if pen.pages == pages:
            pen.y = max(pen.y, below)
        self.space(1.8)

    def dots(self, left: float = MARGIN) -> None:
        """A line to write on by hand."""
        self.space(BODY.line - 0.8)
        self._pen.line(left, MARGIN + WIDTH - left, dotted=True)
        self.space(0.8)

    def box(self, *parts: tuple[Phrase, Look]) -> None:
        """A shaded box, kept on one page: not for what a citizen typed."""
        inner = WIDTH - 2 * PADDING
        height = sum(self._height(*part, inner) + 1 for part in parts) - 1 + 2 * PADDING
        self.space(GAP)
        self._pen.need(height)
        end = self._pen.y + height
        self._pen.shade(height)
        self.space(PADDING)
        for part in parts:
            self._write(*part, MARGIN + PADDING, inner)
            self.space(1)
        self._pen.y = end
        self.space(GAP)

    def signature(self, signer: Phrase) -> None:
        """Where, when, who, and room to sign, in the right half of one page."""
        self.space(GAP)
        self._pen.need(42)
        signed_on, how = self._words("sheet.signed_on"), self._words("sheet.sign_how")
        for said, look in ((signed_on, BODY), (signer, STRONG), (how, NOTE)):
            self._write(said, replace(look, align="C"), MARGIN + WIDTH / 2, WIDTH / 2)
        self.space(25)

    def code(self, text: str, lines: Sequence[Phrase], side: float = 48) -> None:
        """A QR code; beside it what it is for and its text, which also stands in the file."""
        pen, left = self._pen, MARGIN + side + GAP
        self.space(GAP)
        pen.need(side)
        end = pen.y + side
        pen.squares(_modules(text), MARGIN, side)
        pen.keywords(text)
        self.space(2)
        for said, look in zip(lines, (STRONG, *[NOTE] * len(lines)), strict=False):
            self._write(said, look, left, WIDTH - side - GAP)
            self.space(1)
        self._write(Phrase(text), TINY, left, WIDTH - side - GAP)
        pen.y = max(pen.y, end)

    def space(self, height: float) -> None:
        self._pen.y += height

    def finish(self, nature: Phrase) -> bytes:
        """Say at the foot of every page what this paper is and is not."""
        pages = self._pen.pages
        for page in range(1, pages + 1):
            self._pen.turn_to(page)
            self._pen.y = BOTTOM + 1
            self._pen.line(MARGIN, WIDTH)
            self.space(1.5)
            top = self._pen.y
            self._write(nature, TINY, MARGIN, WIDTH - 30)
            self._pen.y = top
            count = self._words("sheet.page", page=str(page), pages=str(pages))
            self._write(count, replace(TINY, align="R"), MARGIN + WIDTH - 28, 28)
        return self._pen.finish()

    def _write(self, said: Phrase, look: Look, left: float = MARGIN, width: float = WIDTH) -> None:
        for text, as_ in self._sides(said, look):
            self._pen.write(text, as_, left, width)

    def _height(self, said: Phrase, look: Look, width: float) -> float:
        return sum(self._pen.height(text, as_, width) for text, as_ in self._sides(said, look))

    def _sides(self, said: Phrase, look: Look) -> list[tuple[str, Look]]:
        sides = [(said.vi, look)]
        if self._english and said.en:
            sides.append((said.en, Look(max(look.size * 0.8, 7), ink=GREY, align=look.align)))
        return sides


def _modules(text: str) -> list[list[int]]:
    """The squares of a QR code with the white border that readers look for."""
    import segno  # noqa: PLC0415 - see bot/papers/__init__.py

    rows = segno.make_qr(text, error="m").matrix_iter(border=QUIET)
    return [list(row) for row in rows]
