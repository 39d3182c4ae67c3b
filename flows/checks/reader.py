"""What reading is: a text goes in, a value in its normal form or a refusal comes out.

A reader never raises, never consults anything but the text, and never consumes an
attempt. A refusal is a key of the text files plus the numbers its sentence needs; it
never repeats the value (a CCCD typed at the phone step must not be echoed).
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from flows.checks.text import visible

LONGEST = 300  # characters most readers look at; nobody types an answer longer than that


class Got(msgspec.Struct, frozen=True):
    """A value in its normal form. `outcome` names the event: "ok", or a reader's own word."""

    value: str
    outcome: str = "ok"


class Refused(msgspec.Struct, frozen=True):
    """Why a text is not an answer: a key of the text files and what its holes hold."""

    key: str
    holes: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Reader:
    """A reading function together with everything it may answer, so that tables can be checked.

    raw: `read` wants the text as it was typed, with line breaks and what nobody can see.
    loose: takes nearly any text; so what it takes need not have been meant for it.
    """

    read: Callable[[str], Got | Refused]
    refusals: tuple[str, ...]
    outcomes: tuple[str, ...] = ("ok",)
    longest: int = LONGEST
    raw: bool = False
    loose: bool = False

    def __call__(self, text: str) -> Got | Refused:
        """Read `text`, after the checks that hold for every reader."""
        if len(text) > self.longest:
            return Refused("error.too_long")
        shown = visible(text)
        if not shown:
            return Refused("error.empty")
        return self.read(text if self.raw else shown)

    @property
    def says(self) -> tuple[str, ...]:
        """Every text key a refusal may name."""
        return ("error.too_long", "error.empty", *self.refusals)
