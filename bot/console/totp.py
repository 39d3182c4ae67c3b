"""One-time codes of staff: RFC 6238 as every authenticator app knows it, and its QR code.

A code of the present time step or of a neighbour is right, once: whoever asks is given the step to
store, and no code of that step or an earlier one is right any more (R51).
"""

import base64
import hmac
import io

import pyotp
import segno

SECONDS = 30
ASIDE = 1  # steps that a phone's clock may be off


def secret_for(key: bytes, token: str) -> bytes:
    """The secret of whoever holds this enrolment token: the same each time the page is shown."""
    return hmac.digest(key, f"totp\0{token}".encode(), "sha1")


def step_of(secret: bytes, typed: str, now: float, last: int) -> int:
    """The time step that a typed code belongs to, if it is right and newer than `last`; else 0."""
    code, step = "".join(typed.split()), int(now // SECONDS)
    totp = pyotp.TOTP(spoken(secret))
    fits = [
        at
        for at in range(step - ASIDE, step + ASIDE + 1)
        # Each is compared, so that time does not tell which one it was.
        if hmac.compare_digest(totp.generate_otp(at).encode(), code.encode()) and at > last
    ]
    return fits[0] if fits else 0


def code_at(secret: bytes, step: int) -> str:
    """What a phone shows in this time step; for phones that the demo plays."""
    return pyotp.TOTP(spoken(secret)).generate_otp(step)


def spoken(secret: bytes) -> str:
    """The secret as it is typed into an app that cannot scan."""
    return base64.b32encode(secret).decode()


def picture(secret: bytes, name: str, issuer: str) -> str:
    """The QR code that an app scans, as SVG to stand in a page."""
    address = pyotp.TOTP(spoken(secret)).provisioning_uri(name=name, issuer_name=issuer)
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(
        out, kind="svg", xmldecl=False, svgns=False, scale=4, border=4, light="#fff", dark="#000"
    )
    return out.getvalue().decode()
