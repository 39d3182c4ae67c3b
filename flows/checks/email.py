"""Reads e-mail addresses: exactly one plain address comes out, small letters, ASCII, or nothing.

`contact` looks an address up and is lenient about what stands around it. `new_email` takes one
that mail will be sent to: nothing in it is guessed, dropped or folded into something else.
Whether the domain exists is not asked.
"""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from flows.checks.chosen import meant
from flows.checks.reader import Got, Reader, Refused
from flows.checks.slips import likely_email, readable
from flows.checks.spoken import digits_for_words
from flows.checks.text import bare, composed, fold, visible

LONGEST_ADDRESS, LONGEST_LOCAL = 254, 64


def registered_email(plain: str) -> Got | Refused:
    """The one address in `plain`, for comparing with what is on file."""
    if not _ADDRESS.search(plain) and _SPACED.fullmatch(plain):
        plain = "".join(plain.split())
    words = [word.strip("<>()[],;:.!?\"'") for word in plain.split()]
    addresses = {_LABEL.sub("", word).lower() for word in words if "@" in word}
    if len(addresses) > 1:
        return Refused("error.email_two")
    found = _valid(addresses.pop()) if addresses else ""
    return Got(found) if found else Refused("error.email")


def is_whole_email(value: str) -> bool:
    """Whether mail can be sent to `value` as it is: "an@gmail" lacks the end of its domain."""
    return "." in value.rpartition("@")[2]


def _new_email(typed: str) -> Got | Refused:
    if _CONTROL.search(typed.strip()):
        return Refused("error.email_lines")
    # Not composed yet: that would make a Kelvin sign a plain K before anybody has looked.
    words = _joined(" ".join(visible(typed).split())).split()
    found = {_unwrapped(word): word for word in words if "@" in word}
    if not found:
        return Refused("error.email_at")
    if len({address.lower() for address in found}) > 1:
        one = meant(" ".join(words), [*found])
        if not one:
            return Refused("error.email_two")
        found = {one: found[one]}
    address, word = found.popitem()
    if wrong := _company(words[: words.index(word)], word) or _wrong(address):
        return Refused(wrong)
    return _addressed("@".join(_parts(address)).lower())


def _company(before: list[str], word: str) -> str:
    """What is wrong with the words in front of the address, if anything is."""
    leading = [fold(piece) for piece in before]
    if word.startswith("<") and not all(piece in _LEADING for piece in leading):
        return "error.email_brackets"
    if not before:
        return ""
    # "nguyen van an@gmail.com": taking only the last piece would be somebody else's address.
    cut = leading[-1] not in _LEADING and bool(_PIECE.fullmatch(before[-1]))
    # So is "ngoc anh 1990@gmail.com": figures alone are the end of a name that is also a word.
    cut = cut or (leading[-1] in _NAMES and word.partition("@")[0].isdigit())
    return "error.email_spaces" if cut else ""


def _wrong(address: str) -> str:
    """What makes a word with an @ something else than one plain address, if anything does."""
    if address.count("@") > 1:
        return "error.email_two" if _LISTS.intersection(address) else "error.email_ats"
    for sign, wrong in _SIGNS:
        if sign.search(address):
            return wrong
    local, domain = _parts(address)
    if not local or not domain:
        return "error.email_domain" if local else "error.email_local"
    if not local.isascii():
        return "error.email_accents"
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return "error.email_signs"
    if len(local) > LONGEST_LOCAL or len(address) > LONGEST_ADDRESS:
        return "error.email_long"
    return "" if _one_alphabet(readable(domain)) else "error.email_lookalike"


def _parts(address: str) -> tuple[str, str]:
    local, _, domain = address.rpartition("@")
    return local, unicodedata.normalize("NFC", domain)


def _addressed(address: str) -> Got | Refused:
    if address.isascii() and not is_whole_email(address):
        # "an@gmail": worth asking back; any other domain without an ending is none.
        return Got(address, "typo") if likely_email(address) else Refused("error.email_domain")
    found = _valid(address)
    if not found:
        return Refused("error.email_domain")
    return Got(found, "typo" if likely_email(found) else "ok")


# "typo": the domain is probably a slip; `likely_email` says of what.
new_email = Reader(
    _new_email,
    (
        "error.email_accents",
        "error.email_at",
        "error.email_ats",
        "error.email_brackets",
        "error.email_comma",
        "error.email_domain",
        "error.email_dots",
        "error.email_lines",
        "error.email_local",
        "error.email_long",
        "error.email_lookalike",
        "error.email_quoted",
        "error.email_signs",
        "error.email_spaces",
        "error.email_two",
    ),
    ("ok", "typo"),
    raw=True,
)


def _joined(text: str) -> str:
    """`text` with an address that was said or typed in pieces in one piece."""
    text = said_aloud(text)
    text = _AROUND_DOT.sub(".", _AROUND_AT.sub("@", text))
    while (joined := _BEFORE_ENDING.sub(r"\1.", text)) != text:
        text = joined
    return text


def said_aloud(text: str) -> str:
    """An address said in words ("an a còng gmail chấm com") as it is written; else the text."""
    if "@" in text:
        return text
    text = _BRACKETED.sub(r" \1 ", text)
    plain = bare(digits_for_words(composed(text)))
    local, at, domain = _SAID_AT.sub("@", plain, count=1).partition("@")
    if not at:
        return text
    for sign, said in _SAID:
        local, domain = said.sub(sign, local), said.sub(sign, domain)
    for name, said in _SAID_NAMES:
        domain = said.sub(name, domain)
    local = _SAID_LEAD.sub("", local).strip()
    # "hoa chín không": hoa90 or hoachinkhong? Such a one is asked to be typed.
    clear = local.count(" ") < MOST_PIECES and digits_for_words(local, 2) == local
    return f"{local.replace(' ', '') if clear else local}@{domain}"


def _unwrapped(word: str) -> str:
    """The address in `word` without a label, a pair of signs around it or a full stop."""
    word = word.lstrip(",;:").rstrip(".,;:!?\u2026")
    label, colon, rest = word.partition(":")
    if colon and fold(label) in _LEADING:
        return _unwrapped(rest)
    return _unwrapped(word[1:-1]) if len(word) > 2 and _PAIRS.get(word[0]) == word[-1] else word


def _one_alphabet(domain: str) -> bool:
    """Whether no letter of `domain` can pass for another: all Latin, or none."""
    letters = {c for c in domain if c.isalpha() or not c.isascii()}
    alphabets = {unicodedata.name(c, "?").partition(" ")[0] for c in letters}
    return len(alphabets) <= 1 and (alphabets != {"LATIN"} or bare(domain).isascii())


def _valid(address: str) -> str:
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return ""
    return (found.ascii_email or "").lower()


MOST_PIECES = 6  # syllables of a name that were said one by one
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LABEL = re.compile(r"^\w+:")  # "email:a@b.vn", "mailto:a@b.vn"
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")
_SPACED = re.compile(r"[^\s@]+\s*@\s*[^\s@.]+(?:\s*\.\s*[^\s@.]+)+")
_AROUND_AT = re.compile(r"\s*@\s*")
_AROUND_DOT = re.compile(r"\s+\.\s*(?=[^@]*@)")
_BEFORE_ENDING = re.compile(
    r"(@[\w.-]*\w)(?:\s*\.\s+|\s+\.\s*|\s+)(?=(?:com|vn|net|org|edu|gov|info)(?![\w@]))",
    re.IGNORECASE,
)
_PIECE = re.compile(r"[a-z0-9._+-]+")
_LOCAL = re.compile(r"(?!')[A-Za-z0-9._+'=&~-]+")
_DOMAIN = re.compile(r"(?:[^\W_]|[.-])+")
_LISTS = set(",;:<>()/|?&")  # what stands between the addresses of a list
_SIGNS = (
    (re.compile(r'"'), "error.email_quoted"),
    (re.compile(r"[,;]"), "error.email_comma"),
    (re.compile(r"[<>()\[\]]"), "error.email_brackets"),
    (re.compile(r"\.\.|^\.|\.@|@\."), "error.email_dots"),
)
_PAIRS = {
    "<": ">", "(": ")", "[": "]", '"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019",
    "\u00ab": "\u00bb",
}  # fmt: skip
_LEADING = {
    "", "email", "mail", "gmail", "mailto", "thu", "dia", "chi", "cua", "toi", "em", "e",
    "minh", "con", "chau", "bac", "co", "chu", "anh", "ong", "ba", "la", "a", "nay", "moi",
    "day", "nhe", "vang", "da", "sang", "thanh", "doi", "my", "new", "is", "address", "it",
    "the", "to", "at", "me", "want", "have", "please", "change", "update", "set", "for", "as",
    "nhan", "xai", "lay", "gui", "dang", "thi", "nha", "oi",
    "use", "using", "via", "with", "qua", "vao", "ve", "ghi",
}  # fmt: skip
_BRACKETED = re.compile(r"[(\[{]\s*(at|dot)\s*[)\]}]", re.IGNORECASE)
_NAMES = {"anh", "ba", "bac", "chau", "chi", "chu", "co", "con", "em", "minh", "ong", "thu"}
_SAID_AT = re.compile(r"\ba\s?(?:cong|coong|moc|vong)\b|\bat\b(?=.*(?:\bdot\b|\bcham\b|\.))")
_SAID = (
    (".", re.compile(r"\s*\b(?:cham|dot)\b\s*")),
    ("_", re.compile(r"\s*\b(?:gach (?:duoi|chan)|underscore)\b\s*")),
    ("-", re.compile(r"\s*\b(?:gach (?:ngang|noi|giua)|dash|hyphen)\b\s*")),
)
# The best known names as dictation writes them down.
_SAID_NAMES = (
    ("gmail", re.compile(r"\b(?:g|go|ge|gi|ghi|ji|jy|gy)\s?(?:meo|mail|mau|meu|mai|meil)\b")),
    ("yahoo", re.compile(r"\b(?:ya|da|gia|ia|za)\s?(?:hu|hoo|hu u)\b")),
    ("vn", re.compile(r"(?<=\.)(?:ve|vo|vi|vy|v)\s?(?:en|no|n)\b")),
    ("com", re.compile(r"(?<=\.)(?:com|kom|cong|coom)\b")),
)
_SAID_LEAD = re.compile(
    r"^.*\b(?:mail|email|dia chi|address)\b"
    r"(?:\s+(?:moi|cua|toi|em|e|minh|my|new|bac|con|chau|co|chu|ong|ba))*(?:\s+(?:la|is)\b)?\s*:?"
)
