"""Ink on A4 paper: text that wraps, lines, grey grounds, squares. The one home of the PDF library.

Everything stays inside the margins, whatever the text; equal input gives equal bytes. Refuses to
know what is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from bot.papers.glyphs import drawable

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

# Millimetres, and points for letters.
MARGIN = 18.0  # left and right
TOP = 15.0
WIDTH = 210.0 - 2 * MARGIN
BOTTOM = 297.0 - 26.0  # below it the foot of the page
POINT = 25.4 / 72
LEADING = 1.35
INK, GREY, PALE = 20, 90, 240

_FONTS = Path(__file__).with_name("fonts")
_FAMILY = "paper"


@dataclass(frozen=True, slots=True)
class Look:
    """How letters look."""

    size: float
    bold: bool = False
    ink: int = INK
    align: Literal["L", "C", "R"] = "L"

    @property
    def line(self) -> float:
        """The height of one line."""
        return self.size * POINT * LEADING


class Pen:
    """Writes from top to bottom; `y` is where it stands."""

    def __init__(self, title: str, made: float) -> None:
        self._pdf = _blank()
        self._pdf.set_creation_date(datetime.fromtimestamp(int(made), UTC))
        self._font = cast("TTFFont", self._pdf.fonts[_FAMILY]).cmap
        self._pdf.set_title(self.plain(title).replace("\u00a0", " "))

    @property
    def y(self) -> float:
        return self._pdf.y

    @y.setter
    def y(self, y: float) -> None:
        self._pdf.y = y

    @property
    def pages(self) -> int:
        return self._pdf.pages_count

    def turn_to(self, page: int) -> None:
        """Go back to an earlier page, to complete it; from now on no page begins by itself."""
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.page = page
        # The library remembers the last page's letters, not this one's: make it name them anew.
        self._pdf.set_font(_FAMILY, "", 1)

    def plain(self, text: str) -> str:
        """The text as it can be drawn; empty when nothing of it can be seen."""
        return drawable(text, self._font)

    def write(self, text: str, look: Look, left: float, width: float) -> None:
        """Text in a column, going on on the next page where this one ends."""
        self._take(look)
        self._pdf.x = left
        self._pdf.multi_cell(
            width,
            look.line,
            self.plain(text),
            align=look.align,
            new_x="LEFT",
            new_y="NEXT",
        )

    def height(self, text: str, look: Look, width: float) -> float:
        """How much of a column the text takes."""
        self._take(look)
        lines = self._pdf.multi_cell(width, text=self.plain(text), dry_run=True, output="LINES")
        return len(cast("list[str]", lines)) * look.line

    def need(self, height: float) -> None:
        """Begin a page, unless this much is left of the present one."""
        if self.y + height > BOTTOM:
            self._pdf.add_page()

    def line(self, left: float, width: float, *, dotted: bool = False) -> None:
        self._pdf.set_draw_color(GREY)
        self._pdf.set_line_width(0.25)
        if dotted:
            self._pdf.set_dash_pattern(dash=0.3, gap=1.0)
        self._pdf.line(left, self.y, left + width, self.y)
        self._pdf.set_dash_pattern()

    def shade(self, height: float) -> None:
        """A grey ground over the whole width, to write on."""
        self._pdf.set_fill_color(PALE)
        self._pdf.rect(MARGIN, self.y, WIDTH, height, style="F")

    def squares(self, rows: Sequence[Sequence[int]], left: float, side: float) -> None:
        """Black squares where a row has ones, all rows together `side` wide and high."""
        unit = side / len(rows)
        self._pdf.set_fill_color(0)
        for number, row in enumerate(rows):
            x = left
            for black, run in groupby(row):
                length = len(list(run)) * unit
                if black:
                    # A hair higher than a square, or readers show white lines between rows.
                    self._pdf.rect(x, self.y + number * unit, length, unit * 1.03, style="F")
                x += length

    def keywords(self, text: str) -> None:
        """Text that programs find in the file without reading a page."""
        self._pdf.set_keywords(text)

    def finish(self) -> bytes:
        return bytes(self._pdf.output())

    def _take(self, look: Look) -> None:
        self._pdf.set_font(_FAMILY, "B" if look.bold else "", look.size)
        self._pdf.set_text_color(look.ink)


def _blank() -> "FPDF":
    from fpdf import FPDF  # noqa: PLC0415 - takes a second; see bot/papers/__init__.py

    pdf = FPDF(format="A4")
    # Otherwise "{nb}" in a name would become the number of pages.
    pdf.alias_nb_pages(None)  # type: ignore[arg-type]
    pdf.set_margins(MARGIN, TOP)
    pdf.set_auto_page_break(auto=True, margin=297.0 - BOTTOM)
    pdf.c_margin = 0
    pdf.set_lang("vi")
    pdf.set_producer("vssid-bot")
    pdf.add_font(_FAMILY, "", _FONTS / "DejaVuSans.ttf")
    pdf.add_font(_FAMILY, "B", _FONTS / "DejaVuSans-Bold.ttf")
    pdf.add_page()
    return pdf
