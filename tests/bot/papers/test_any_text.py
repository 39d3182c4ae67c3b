"""Whatever people type, a paper comes out, and everything on it stands on the page."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.papers import receipt, reregister, tk1_ts
from bot.papers.pen import MARGIN, TOP
from tests.bot.papers.reading import A4, read, said
from tests.bot.papers.samples import FORM, RECEIPT, REQUEST, SEED

FOOT = 9.0

Paper = Callable[[str], bytes]


def _receipt(text: str) -> bytes:
    return receipt.pdf(replace(RECEIPT, details=(text, text)), seed=SEED)


def _letter(text: str) -> bytes:
    typed = replace(REQUEST, full_name=text, number=text, new_phone=text, office=text)
    return reregister.pdf(replace(typed, lang="en"))


def _declaration(text: str) -> bytes:
    typed = replace(FORM, full_name=text, email=text, request=text, papers=(text, text))
    return tk1_ts.pdf(replace(typed, lang="en"))


PAPERS = (_receipt, _letter, _declaration)

anything = st.text(alphabet=st.characters(exclude_categories=()), max_size=500)
wide = st.text(alphabet="WMẪ\U0001f600 \u00a0-", min_size=300, max_size=500)
typed = st.one_of(anything, wide)

HOSTILE = [
    "A" * 500,
    "W" * 4096,
    "ễ" * 500,
    " ".join(["a"] * 500),
    "\u00a0" * 500,
    "-" * 500,
    "a\u00ad" * 300,
    "Nguyễn\u202eễyugN\u202c\u2066\u200f",
    "\x00\x07\x1b[31m\x7f\x9b",
    "😀👩‍👩‍👧‍👦🇻🇳❤️",
    "{nb} {page} %s **bold** __u__ --s-- <b>",
    ") Tj ET Q (\\",
    "שלום عربى ไทย 阮文",
    "e\u0301\u0323" * 200,
    "\ud800\udfff",
    "\u2028\u2029\x85\t\r\n",
    "VB1.AAAA.BBBB",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts(text: str) -> None:
    """Each of them in every field of the longest paper."""
    _stand_on_the_page(_declaration(text))


@settings(max_examples=25)
@given(typed, st.sampled_from(PAPERS))
def test_any_text(text: str, paper: Paper) -> None:
    """Any text in every field of any paper."""
    _stand_on_the_page(paper(text))


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_is_cut_off(paper: Paper) -> None:
    """However long a text is, all of it is there, over as many pages as it takes."""
    words = {f"từ{number:03}" for number in range(600)}
    assert words <= set(said(paper(" ".join(sorted(words)))).split())


def test_what_the_font_lacks_is_marked() -> None:
    """An unknown letter leaves a visible mark, a direction mark leaves nothing."""
    assert "NGUYỄN\ufffd MẪU" in said(tk1_ts.pdf(replace(FORM, full_name="Nguyễn😀 \u202eMẫu")))


def test_a_name_is_no_template() -> None:
    """What looks like a command to the library is drawn as it is."""
    for text in ("{nb} **a** __b__ --c--", ") Tj ET Q (\\ <b>"):
        assert text in said(reregister.pdf(replace(REQUEST, full_name=text)))


def test_decomposed_names_are_composed() -> None:
    """A name that came as letters and marks is read back as letters."""
    assert "Đỗ Hường" in said(reregister.pdf(replace(REQUEST, office="Đô\u0303 Hươ\u0300ng")))


def test_equal_in_another_process() -> None:
    """Bytes depend on nothing but the facts: no clock, no random order."""
    script = (
        "import sys; from tests.bot.papers.samples import *; from bot.papers import receipt;"
        "sys.stdout.buffer.write(receipt.pdf(RECEIPT, seed=SEED))"
    )
    env = os.environ | {"PYTHONHASHSEED": "7", "TZ": "America/Lima"}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, check=True)
    assert done.stdout == receipt.pdf(RECEIPT, seed=SEED)


def test_nothing_heavy_is_imported_ahead() -> None:
    """Who only names the papers does not wait for the libraries that draw them."""
    script = (
        "import sys, bot.papers as p;"
        "import bot.papers.receipt, bot.papers.tk1_ts, bot.papers.reregister;"
        "assert not {'fpdf', 'segno', 'fontTools'} & sys.modules.keys();"
        "p.prepare(); assert {'fpdf', 'segno'} <= sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def _stand_on_the_page(pdf: bytes) -> None:
    pages = read(pdf)
    assert pages
    for page in pages:
        assert page.size == A4
        assert page.is_within(MARGIN, TOP, FOOT)
