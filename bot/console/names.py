"""What a conversation, and a search, is called in addresses of the console.

A chat's own name may be somebody's account on a platform, and a search holds somebody's number, so
neither stands in an address, a history or a log: they are sealed, the same each time, and open
only here.
"""

import base64
import binascii
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


def hidden(key: bytes, text: str, kind: str = "chat") -> str:
    """The name of a chat, or of something else, in an address."""
    sealed = _cipher(key).encrypt(text.encode(), [kind.encode()])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def opened(key: bytes, name: str, kind: str = "chat") -> str:
    """What was hidden under that name as this kind; "" when it is none of ours."""
    try:
        sealed = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4))
        return _cipher(key).decrypt(sealed, [kind.encode()]).decode()
    except (binascii.Error, ValueError, InvalidTag):
        return ""


def _cipher(key: bytes) -> AESSIV:
    return AESSIV(hmac.digest(key, b"names", "sha512"))
