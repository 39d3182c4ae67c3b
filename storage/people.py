"""Who the registry knows: a person as its file has them, and the account."""

import msgspec


class Person(msgspec.Struct, frozen=True, gc=False):
    """The personal fields of a member, as the registry file has them; "" when not on file.

    card_until: the last day of the health insurance card, as 2026-12-31. contributions: periods,
    oldest first, as "2010-03..2015-12 Employer; 2016-01..2026-09 Employer".
    """

    bhxh_number: str
    national_id: str = ""
    full_name: str = ""
    birth_date: str = ""
    phone: str = ""
    email: str = ""
    agency: str = ""
    card_until: str = ""
    card_hospital: str = ""
    contributions: str = ""


class Member(msgspec.Struct, frozen=True, gc=False):
    """One account of the registry. `account` is the blind index of its BHXH number."""

    account: bytes
    person: Person
    state: str = "active"
    password_hash: str = ""
    password_until: float | None = None
    must_change: bool = False
