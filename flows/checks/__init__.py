"""Readers: what a citizen typed -> its normal form, or a refusal that says how to mend it.

Everything that reads text is here by name; how it reads stands in the files beside.
"""

from flows.checks.bank import bank_account, bank_account_again, bank_name, holder_name
from flows.checks.codes import picture_digits, six_digits
from flows.checks.contact import contact
from flows.checks.dates import birth_date, not_born_then
from flows.checks.email import is_whole_email, new_email
from flows.checks.numbers import account_number, line_number, national_id
from flows.checks.phone import vn_mobile
from flows.checks.places import agency, province
from flows.checks.reader import LONGEST, Got, Reader, Refused
from flows.checks.secrets import asks_for_secret
from flows.checks.slips import likely_email, one_slip
from flows.checks.text import fold, looks_like_password, looks_like_question, visible
from flows.checks.words import free_text, full_name, postal_address, short_words

__all__ = [
    "LONGEST",
    "Got",
    "Reader",
    "Refused",
    "account_number",
    "agency",
    "asks_for_secret",
    "bank_account",
    "bank_account_again",
    "bank_name",
    "birth_date",
    "contact",
    "fold",
    "free_text",
    "full_name",
    "holder_name",
    "is_whole_email",
    "likely_email",
    "line_number",
    "looks_like_password",
    "looks_like_question",
    "national_id",
    "new_email",
    "not_born_then",
    "one_slip",
    "picture_digits",
    "postal_address",
    "province",
    "short_words",
    "six_digits",
    "visible",
    "vn_mobile",
]
