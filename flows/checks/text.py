"""What readers and listeners look at in a text: what can be seen, its plain letters, its digits.

Nothing here decides what a text is an answer to.
"""

import re
import unicodedata

# What people and keyboards put between the digits of one number.
GAP = "[ .\\-\u2010-\u2015]*"


def visible(text: str) -> str:
    """`text` without what nobody can see: direction marks, zero-width, control; plain spaces."""
    if text.isprintable():  # by Python's definition neither control nor space but the plain one
        return text.strip()
    return "".join(_plain(c) for c in text).strip()


def fold(text: str) -> str:
    """`text` for comparing with words: no diacritics, no case, no punctuation, single spaces."""
    if text.isascii():
        bare = text.lower()
    else:
        spread = unicodedata.normalize("NFKD", visible(text).lower().translate(_PLAIN_D))
        bare = "".join(c for c in spread if not unicodedata.combining(c))
    return " ".join(_WORD.findall(bare))


def bare(text: str) -> str:
    """Composed `text` letter by letter without diacritics and case, every letter in its place."""
    return "".join(unicodedata.normalize("NFD", c.lower())[0] for c in text).translate(_PLAIN_D)


def composed(text: str) -> str:
    """`text` with every letter and its marks as one character, and single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def digits_of(text: str) -> str:
    """The ASCII digits of `text`, without what stands between them."""
    return "".join(c for c in text if "0" <= c <= "9")


def foreign_digits(text: str) -> bool:
    """Whether a digit of another script is among them: these are refused, not guessed."""
    return not text.isascii() and any(c.isnumeric() and not c.isascii() for c in text)


def looks_like_password(text: str) -> bool:
    """Whether a text that answers nothing is probably a password typed by mistake."""
    if says_password(text):
        return True
    word = text.strip()
    return (
        8 <= len(word) <= 64
        and " " not in word
        and not _ADDRESS.search(word)
        and any(c.isdigit() for c in word)
        and any(c.isalpha() for c in word)
    )


def says_password(text: str) -> bool:
    """Whether a text calls something in it a password."""
    return bool(_PASSWORD_CUE.search(fold(text)) and _PASSWORD_SAID.search(text))


def looks_like_question(text: str) -> bool:
    """Whether a text that answers nothing is a question of the citizen's own."""
    return text.rstrip().endswith("?") or bool(_QUESTION.search(fold(text)))


def _plain(c: str) -> str:
    kind = unicodedata.category(c)[0]
    if kind == "Z" or c in "\t\r\n":
        return " "
    return "" if kind == "C" else c


_PLAIN_D = {0x111: "d"}  # the one letter that decomposition leaves whole
_WORD = re.compile(r"[a-z0-9]+")
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")
_PASSWORD_CUE = re.compile(r"\b(mat khau|password|pass|mk)\b")
_PASSWORD_SAID = re.compile(r"[:=](?!//)\s*\S{4,}|\bl[aà]\s+(?=\S*\d)\S{4,}")
_QUESTION = re.compile(
    r"\b(tai sao|vi sao|bao lau|bao nhieu|o dau|khi nao|the nao|nhu the nao|lam sao|mat phi|"
    r"mat tien|ton tien|may gio|bao gio|may ngay|co duoc khong|la gi|why|how|what|where|when)\b"
)
