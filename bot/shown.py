"""What officers may read of a conversation: answers and words, masked.

An answer within a procedure is shown by its procedure's own rule or hidden whole; what was said
freely loses its numbers and addresses. It refuses to show a code or a password: none is kept.
"""

import re
from collections.abc import Iterator

from msgspec.structs import asdict

from bot import masks
from bot.desk import Desk
from flows.quiet import LAPSE, NOTE
from flows.table import Choose, Draft
from storage.base import Line

HIDDEN = "....."
STAFF = "[staff:"  # how the transcript begins a line of what an officer did
NOT_SAID = (STAFF, f"[{LAPSE}]")  # by the citizen
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+")


def answers(desk: Desk, flow: str, draft: Draft) -> Iterator[tuple[str, str]]:
    """What was answered; hidden whole, unless its procedure says how it may be shown."""
    known = desk.flows.get(flow)
    if known is None or draft is None:
        return
    for name, kept in asdict(draft).items():
        value = str(kept or "")
        if not value:
            continue
        how = known.masks.get(name)
        shown = masks.contact(value) if how == "contact" else HIDDEN
        yield name, masks.tail(value) if how in ("account", "number") else shown


def heard(desk: Desk, line: Line) -> str:
    """What the citizen said; of answers within a procedure only that they came."""
    if not line.heard or line.heard.startswith(NOT_SAID):
        return ""
    name, _, state = line.place.partition("/")
    known = desk.flows.get(name)
    asked = known.question(state) if known else None
    hidden = line.said and asked and not isinstance(asked, Choose)
    return HIDDEN if hidden else bare(line.heard)


def said(desk: Desk, line: Line) -> str:
    """What was answered, by an officer or at the menu; "" for what a procedure said."""
    known = desk.flows.get(line.place.partition("/")[0])
    own = line.said and (known is None or line.heard.startswith(STAFF))
    return bare(line.said) if own else ""


def note(line: Line) -> tuple[str, str] | None:
    """Who wrote a private note, and what; None for any other line."""
    if not line.heard.startswith(f"[{NOTE}]"):
        return None
    officer, _, words = line.heard.removeprefix(f"[{NOTE}]").partition("\n")
    return officer, bare(words.strip())


def bare(text: str) -> str:
    """A text without numbers and addresses."""
    return masks.hide_numbers(_MAIL.sub(lambda found: masks.email(found[0]), text))
