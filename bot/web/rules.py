"""Which passwords a citizen may choose, and what is kept of the chosen one.

NIST SP 800-63B-4 section 3.1.1.2 and ASVS 5.0 6.2: length counts, what is guessed first is
refused, no rule asks for kinds of characters, nothing is cut off. A password is taken as
typed, in the NFC form that RFC 8265 asks for, so that two keyboards which spell "ế"
differently are the same hand. Both functions are slow: call them in a thread.
"""

import re
import unicodedata
from functools import cache

import argon2

from flows.checks import fold

SHORTEST, LONGEST = 8, 256  # code points
# Of digits alone: a BHXH number or phone has 10 of them, a citizen's number 12.
SHORTEST_NUMBER = 13
LOOKED_AT = 72  # characters zxcvbn is given; its time grows with the square
WEAK = 2  # zxcvbn's scores below this fall to fewer than a million guesses

# What everybody would think of first on a page of this service.
OURS = ("vssid", "vneid", "bhxh", "bhyt", "bhtn", "baohiem", "xahoi", "yte", "matkhau", "vietnam")
_ONLY_OURS = re.compile(f"(?:{'|'.join(OURS)})+")
_MARKS = re.compile(r"[\W\d_]+")


def refusal(first: str, second: str) -> str:
    """Why the password cannot be taken, as a key of texts.toml; "" when it can."""
    password = _as_kept(first)
    if not password:
        return "empty"
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if password != _as_kept(second):
        return "differ"
    if password.isdigit() and len(password) < SHORTEST_NUMBER:
        return "digits"
    if _ONLY_OURS.fullmatch(_MARKS.sub("", fold(password))):
        return "ours"
    return "common" if _guessed_first(password) else ""


def hashed(password: str) -> str:
    """What the registry keeps of a chosen password: argon2id, as OWASP sizes it."""
    return _hasher().hash(_as_kept(password))


def fits(stored: str, password: str) -> bool:
    """Whether `password` is the chosen one that `stored` was made from."""
    try:
        return _hasher().verify(stored, _as_kept(password))
    except argon2.exceptions.VerifyMismatchError:
        return False


@cache
def _hasher() -> argon2.PasswordHasher:
    return argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _guessed_first(password: str) -> bool:
    # Its lists take 20 MB and are wanted only where passwords are chosen on the page.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    return int(zxcvbn(password[:LOOKED_AT], OURS)["score"]) < WEAK


def _as_kept(password: str) -> str:
    return unicodedata.normalize("NFC", password)
