"""How much room a text takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.notifier.gsm7 import septets

GSM7 = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


@given(st.text(alphabet=GSM7))
def test_septets_count_extension_characters_twice(text: str) -> None:
    """A GSM-7 text takes a septet a character, two for those of the extension table."""
    assert septets(text) == len(text) + sum(text.count(letter) for letter in "^{}\\[~]|€")


@pytest.mark.parametrize("text", ["ă", "đ", "Mã", "“", "–", "`", "\t", "\x1b", "\x0c", "a\u0300"])
def test_septets_knows_what_is_outside_gsm7(text: str) -> None:
    """One character outside the alphabet is enough to have no length."""
    assert septets(f"ok {text}") is None
