"""One-time codes: derived, never stored; counted before compared; used once.

The digits come from HOTP (RFC 4226) over a secret that is itself derived from a key
outside the database and from everything the code is bound to: purpose, account, chat,
destination and run. Change any of these and it is another code. A resend moves the
HOTP counter on, which voids the earlier code and keeps the count of tries.

Rules: NIST SP 800-63B-4 section 3.1.3 (six digits, ten minutes at most, once) and
security rules R01-R11; five guesses a run.
"""

import hashlib
import hmac
from functools import lru_cache

import pyotp
from msgspec.structs import replace

from flows.model import CodeCheck
from storage.base import Challenge

LETTERS = "ABCDEGHKMNPTVXY"  # none that is easily taken for another letter or a digit
FIGURES = "23456789"


def digits(key: bytes, challenge: Challenge, counter: int = 0) -> str:
    """The six digits of a challenge (its newest code, unless a counter is named)."""
    return _hotp(key, challenge).at(counter or challenge.counter)


def label(key: bytes, challenge: Challenge) -> str:
    """Two characters by which a person tells the newest code from an earlier one: "A7"."""
    each = challenge
    return _label(key, each.chat, each.run, each.slot, each.counter)


@lru_cache(maxsize=4096)  # every turn of a run names the codes of that run again
def _label(key: bytes, chat: str, run: int, slot: str, counter: int) -> str:
    named = f"label\0{chat}\0{run}\0{slot}\0{counter}".encode()
    first, second = hmac.digest(key, named, "sha256")[:2]
    return LETTERS[first % len(LETTERS)] + FIGURES[second % len(FIGURES)]


def check(
    key: bytes, challenge: Challenge | None, typed: str, *, now: float, tries: int
) -> tuple[CodeCheck, Challenge | None]:
    """Count, compare, consume: what became of a typed code, and the challenge to save.

    `typed` must be six ASCII digits. At most `tries` guesses are ever evaluated.
    """
    if challenge is None or challenge.void_at is not None or challenge.used_at is not None:
        return CodeCheck("void"), None
    if challenge.tries >= tries:
        return CodeCheck("spent"), None
    if now >= challenge.expires_at:
        return CodeCheck("expired"), None
    counted = replace(challenge, tries=challenge.tries + 1)
    hotp = _hotp(key, challenge)
    right = _same(hotp, challenge.counter, typed) and not challenge.decoy
    # A list, so that every earlier code is compared, whichever is the one.
    earlier = [_same(hotp, before, typed) for before in range(1, challenge.counter)]
    old = any(earlier)
    if right:
        return CodeCheck("right"), replace(counted, used_at=now)
    if counted.tries >= tries:
        return CodeCheck("spent"), counted
    return CodeCheck("old" if old and not challenge.decoy else "wrong"), counted


def picture_digits(key: bytes, chat: str, run: int, turn: int) -> str:
    """The four digits of the human check shown in one bubble."""
    mac = hmac.digest(key, f"{chat}\0{run}\0{turn}".encode(), "sha256")
    return f"{int.from_bytes(mac[:8], 'big') % 10_000:04d}"


def bubble_mark(key: bytes, chat: str, turn: int) -> str:
    """What every button of one bubble sends back: 128 bits, worth nothing in any other bubble.

    The button's number follows it in clear: whoever holds the mark may press any of them.
    """
    return hmac.digest(key, f"{chat}\0{turn}".encode(), "sha256")[:16].hex()


def _same(hotp: pyotp.HOTP, counter: int, typed: str) -> bool:
    return hmac.compare_digest(hotp.at(counter).encode(), typed.encode())


class _Derived(pyotp.HOTP):
    """HOTP over a secret in hex; base32 to and fro would cost more than the code itself."""

    def byte_secret(self) -> bytes:
        return bytes.fromhex(self.secret)


def _hotp(key: bytes, challenge: Challenge) -> pyotp.HOTP:
    secret = _mac(key, b"code", challenge).hex()
    return _Derived(secret, digits=6, digest=hashlib.sha256)


def _mac(key: bytes, use: bytes, challenge: Challenge) -> bytes:
    bound = (
        use,
        challenge.purpose.encode(),
        challenge.account,
        challenge.destination,
        challenge.chat.encode(),
        challenge.slot.encode(),
        str(challenge.run).encode(),
    )
    sized = b"".join([len(part).to_bytes(2, "big") + part for part in bound])
    return hmac.digest(key, sized, "sha256")
