"""An officer's decision on its way to the turn."""

import msgspec

from flows.dossier import OTHER, REASONS

REJECT = "staff:reject"


class Decision(msgspec.Struct, frozen=True):
    """What the text of a "staff:decide" event holds.

    event: "staff:approve", … version: of the dossier that was looked at.
    why: the officer's own words. reason: of a rejection, a key of flows/dossier.py.
    """

    ref: str
    event: str
    officer: str
    version: int
    why: str = ""
    reason: str = ""

    @property
    def spoken(self) -> str:
        """What the history keeps as the reason; "" where there is none that counts."""
        if self.event != REJECT or self.reason in ("", OTHER):
            return self.why
        known = self.reason if self.reason in REASONS else ""
        return f"{known}: {self.why}" if known and self.why else known


read_decision = msgspec.json.Decoder(Decision).decode
