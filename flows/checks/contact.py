"""Reads a phone number or an e-mail address that is on file: lenient, for it only looks up."""

import unicodedata

from flows.checks import phone
from flows.checks.email import registered_email, said_aloud
from flows.checks.reader import Got, Reader, Refused


def _contact(text: str) -> Got | Refused:
    plain = said_aloud(unicodedata.normalize("NFKC", text))
    return registered_email(plain) if "@" in plain else phone.phone_in(plain, "error.contact_none")


contact = Reader(
    _contact, ("error.contact_none", "error.email", "error.email_two", *phone.REFUSALS)
)
