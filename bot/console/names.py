"""What a conversation is called in addresses of the console.

A chat's own name may be somebody's account on a platform, so it stands in no address, history or
log: it is sealed, the same each time, and opens only here.
"""

import base64
import binascii
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


def hidden(key: bytes, chat: str) -> str:
    """The name of a chat in an address."""
    sealed = _cipher(key).encrypt(chat.encode(), [b"chat"])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def opened(key: bytes, name: str) -> str:
    """The chat of that name; "" when it is none of ours."""
    try:
        sealed = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4))
        return _cipher(key).decrypt(sealed, [b"chat"]).decode()
    except (binascii.Error, ValueError, InvalidTag):
        return ""


def _cipher(key: bytes) -> AESSIV:
    return AESSIV(hmac.digest(key, b"names", "sha512"))
