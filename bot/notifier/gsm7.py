"""How much room a text takes on a phone network.

It knows the GSM 7-bit alphabet (3GPP TS 23.038) and nothing else: it never replaces a letter,
because a text that changed on its way is no longer the text that was checked.
"""

SINGLE = 160

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# The alphabet's form feed is left out on purpose: no handset shows it and XML cannot carry it.
_EXTENSION = frozenset("^{}\\[~]|€")


def septets(text: str) -> int | None:
    """Count the septets a text takes, or answer None when a character is not in GSM-7."""
    if any(letter not in _BASIC and letter not in _EXTENSION for letter in text):
        return None
    return len(text) + sum(letter in _EXTENSION for letter in text)
