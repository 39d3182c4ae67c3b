"""A free text -> what the chat may make of it: a beginning, a button, or a guide.

Two opinions are brought together: what is asked for (`bot.understanding`), and which question it
is (`bot.guides`). A guide wins over a procedure only where it answers something that the
procedure is not about. It refuses to act; `flows.free` says what is done with its opinion.
"""

import re
from collections.abc import Mapping

from bot.guides import MAYBE, SURE, Found, Guides
from bot.understanding import Understood, load, understand
from flows import common
from flows.checks import fold, looks_like_question
from flows.free import BEYOND, GUIDE, THANKS, YES_NO, Sense
from flows.machine import Flow
from flows.model import start, tap

STEERS: Mapping[str, str] = {
    "cancel": common.CANCEL,
    "back": common.BACK,
    "talk_to_human": common.PERSON,
    "otp_not_received": common.RESEND,
    "greeting": common.MENU,
    "thanks_bye": THANKS,
    "out_of_scope": BEYOND,
    "yes": tap("yes"),
    "no": tap("no"),
}
# What answers an ask for which there is no procedure, where no guide is nearer.
BY_INTENT: Mapping[str, str] = {
    "faq_what_is_vssid": "what",
    "faq_why_email": "why_email",
    "invite_install": "invite",
    "lookup_bhxh_number": "number_where",
    "multi_account": "one_account",
    "otp_not_received": "code_missing",
    "wrong_info": "wrong_data",
}
CLEAR = 0.9  # so sure that it may be told although it is about another procedure
# Whoever has been deceived already needs help, and no opinion on what deceived them.
DOUBT, RESCUE = "scam_check", "freeze_account"
_UNHARMED = re.compile(
    r"\b(?:chua|not|n t) (?:he |bi |)(?:doc|dua|cho|noi|gui|bam|nhap|chuyen|mat|tra loi|lam|"
    r"give|gave|tell|told|click|clicked|send|sent|pay|paid|type|enter)\b"
)
LONGEST_YES = 6  # words; whoever says more says something else, too


class Sensing:
    """Makes sense of free texts for the procedures of one installation."""

    def __init__(self, flows: Mapping[str, Flow], guides: Guides) -> None:
        """`flows` name the intents that ask for them."""
        self._guides = guides
        self._events = dict(STEERS)
        for flow in flows.values():
            self._events |= dict.fromkeys(flow.intents or (flow.name,), start(flow.name))

    def __call__(self, text: str, flow: str = "") -> Sense:
        """What the text seems to mean; the same for the same text and guides."""
        meant = understand(text)
        event = self._events.get(meant.intent, "")
        if event in YES_NO and len(text.split()) <= LONGEST_YES:
            return Sense((event,), sure=not meant.asks)
        found = self._guides.find(text)
        best = found[0] if found and found[0].score >= MAYBE else None
        if best and self._answers(text, best, meant, event):
            return self._told(best, found, meant, flow)
        if not event or event in YES_NO:
            return self._usual(meant)
        others = tuple(other for intent in meant.also if (other := self._events.get(intent, "")))
        second = self._events.get(meant.runner_up, "")
        if event == common.RESEND:
            second = GUIDE + BY_INTENT[meant.intent]
        return Sense(
            events=tuple(dict.fromkeys(one for one in (event, second) if one)),
            sure=not meant.asks,
            also=tuple(one for one in others if one.startswith("start:") and one != event),
            for_other=meant.for_other and event.startswith("start:"),
            lang=meant.lang,
        )

    def _answers(self, text: str, best: Found, meant: Understood, event: str) -> bool:
        """Whether this guide is nearer to what is asked than what was understood."""
        if not event:
            # Rather the usual answer to what is surely asked than a guide that may not fit.
            return best.score >= SURE or meant.asks or meant.intent not in BY_INTENT
        if event.startswith("start:") and start(best.guide.leads) == event:
            return False
        if best.score < SURE or meant.asks or event == BEYOND:
            return best.score >= SURE
        if event == start(DOUBT) and best.guide.leads == RESCUE:
            return not _UNHARMED.search(fold(text))
        # A wish that is surely meant gives way only to a question about it.
        wish = event.startswith("start:") or event == common.PERSON
        return wish and looks_like_question(text)

    def _usual(self, meant: Understood) -> Sense:
        guide = BY_INTENT.get(meant.intent, "")
        if meant.asks or not self._guides.get(guide):
            return Sense()
        return Sense((GUIDE + guide,), sure=True, lang=meant.lang)

    def _told(self, best: Found, found: list[Found], meant: Understood, flow: str) -> Sense:
        also = [one for one in found[1:2] if one.score >= MAYBE]
        leads = best.guide.leads
        return Sense(
            events=tuple(GUIDE + one.name for one in (best, *also)),
            # "How long does it take?" is about the procedure in which it is asked.
            sure=best.score >= (SURE if leads in ("", flow) or not flow else CLEAR),
            leads=start(leads) if leads else "",
            lang=meant.lang,
        )


def warm(guides: Guides) -> None:
    """Read what understanding needs, before the first citizen has to wait for it."""
    guides.find("")
    load()
