"""What a chat may hear: kinds of events beside those of the tables, and one that was heard."""

import msgspec

from flows import common
from flows.checks import Refused
from flows.free import Sense

CODE, HUMAN, CORRECT, SECRET = "typed:code", "typed:human", "typed:correction", "typed:secret"
QUESTION, LOST, CHANGED, FORWARDED = "typed:question", "typed:lost", "changed", "typed:forwarded"
LANGUAGES = {"lang:vi": "vi", "lang:en": "en"}
COMMANDS = {
    **dict.fromkeys(("start", "menu", "help"), common.MENU),
    "huy": common.CANCEL,
    "canbo": common.PERSON,
    "english": "lang:en",
    "tiengviet": "lang:vi",
}
LINE, UNDO, FULL_UP = "typed:line", "typed:undo", "too many at once"
OFF = "switched off"  # value: which switch; at: the guide about it

FORGET, APPLY, DECIDE = "clock:forget", "clock:apply", "staff:decide"
# Events that concern an account or a dossier, whatever the conversation is about.
BESIDE = (APPLY, DECIDE)

# Words that are never an answer, so they are tried even before the open question.
CONTROLS = (
    common.CANCEL,
    common.BACK,
    common.PERSON,
    common.RESEND,
    common.MENU,
    common.LATER,
    common.PLAIN,
    common.FULL,
    common.REPEAT,
    *LANGUAGES,
)


class Heard(msgspec.Struct, frozen=True):
    """What an event means here.

    at: the earlier state that a correction answers. sense: what a free text seems to mean.
    """

    kind: str
    value: str = ""
    refusal: Refused | None = None
    at: str = ""
    sense: Sense | None = None
