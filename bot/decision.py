"""An officer's decision on its way to the turn."""

import msgspec


class Decision(msgspec.Struct, frozen=True):
    """What the text of a "staff:decide" event holds.

    event: "staff:approve", … version: of the dossier that was looked at.
    """

    ref: str
    event: str
    officer: str
    version: int
    why: str = ""


read_decision = msgspec.json.Decoder(Decision).decode
