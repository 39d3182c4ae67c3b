"""JSON of the ORM peer: the standard library's, set once, so that its C encoder is used."""

import json

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dumps(value: object) -> bytes:
    """Without blanks and escapes."""
    return _ENCODER.encode(value).encode()
