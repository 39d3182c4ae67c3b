"""Account passwords: temporary ones that we make, lasting ones that a citizen chooses.

A temporary password is random (59 bits) and lives a day, so a keyed hash is enough and
costs nothing in the turn; one that a person chose is hashed with argon2id, in a thread.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else
GROUPS, IN_GROUP = 3, 4
TOKEN_BYTES = 16


def temporary(random: Callable[[int], bytes]) -> str:
    """A random password such as "k7mp-3hxd-w9qr", easy to read out and to type."""
    letters: list[str] = []
    while len(letters) < GROUPS * IN_GROUP:
        # Bytes beyond a whole multiple of the alphabet would favour its first letters.
        usable = (byte for byte in random(16) if byte < 256 - 256 % len(ALPHABET))
        letters += [ALPHABET[byte % len(ALPHABET)] for byte in usable]
    groups = ("".join(letters[at : at + IN_GROUP]) for at in range(0, GROUPS * IN_GROUP, IN_GROUP))
    return "-".join(groups)


def hash_temporary(key: bytes, password: str) -> str:
    """What the registry keeps of a temporary password."""
    return "hmac$" + hmac.digest(key, password.encode(), "sha256").hex()


def page_token(random: Callable[[int], bytes]) -> tuple[str, bytes]:
    """A one-time page's token (128 bits) and the hash under which it is stored."""
    token = base64.urlsafe_b64encode(random(TOKEN_BYTES)).rstrip(b"=").decode()
    return token, token_hash(token)


def token_hash(token: str) -> bytes:
    """The hash of a token as the store keeps it."""
    return hashlib.sha256(token.encode()).digest()
