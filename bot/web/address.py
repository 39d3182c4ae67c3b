"""How the outside reaches us: an address that every link we send can be made from.

An SMS with a link must stay one SMS of 160 septets, so the address may not be of any length.
"""

import re

# What the longest SMS with a link leaves for the address, once "/p/" and a token are in it.
LONGEST = 50
# Without what a link cannot be put behind; each of its letters is one septet, and stays itself.
_SHAPE = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._%-]+)*", re.ASCII)


def for_citizens(written: str) -> str:
    """`written` without a slash at its end; ValueError unless a link made from it fits an SMS."""
    address = written.rstrip("/")
    if not written:
        return address
    if not _SHAPE.fullmatch(address):
        raise ValueError(
            "must look like https://bot.agency.vn or https://agency.vn/bot: "
            "plain letters, no ?, # or user name"
        )
    if len(address) > LONGEST:
        raise ValueError(
            f"at most {LONGEST} characters fit into an SMS with a link, not {len(address)}"
        )
    return address
