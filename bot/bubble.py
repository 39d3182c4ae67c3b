"""What an outcome leaves behind: its effects, the bubble, the conversation, the transcript."""

from bot import codes, masks, memory
from bot.answers import answers, summary
from bot.case import Case
from bot.course import course
from bot.desk import Desk
from bot.effects import apply
from bot.ledger import Ledger
from bot.notifier.parcel import Button, ChatBody
from bot.records import RECORD
from bot.scene import Scene
from flows.attending import holder_of
from flows.common import LEFT
from flows.dialogue import CODE, SECRET, Outcome
from flows.free import GUIDE
from flows.heard import OFF
from flows.machine import Flow
from flows.model import TEXT, LookUp, Talk
from flows.quiet import ATTENDING, HELD_SECRET, NOTE, TO_OFFICER
from flows.table import KEEP, Ask, AskLine
from storage.base import Line

BUBBLE_DIES = 6 * 3600  # seconds; a reply that late answers nothing any more
KEPT = 1000  # characters of one message that the transcript keeps
# What officers read, or have done themselves: nobody's numbers in full.
FOR_OFFICERS = (TO_OFFICER, LEFT, *ATTENDING)
NOT_KEPT = "……"  # what the transcript holds in place of a code or a password


def write_down(desk: Desk, case: Case, outcome: Outcome, ledger: Ledger, now: float) -> None:
    """Everything that one event changes, into the ledger of its batch."""
    scene = Scene(desk, case, ledger, outcome, now)
    before = len(ledger.outbound)
    for effect in outcome.effects:
        apply(effect, scene)
    flow = desk.flows.get(outcome.talk.flow)
    if flow and (flow is not case.flow or outcome.talk.draft is not case.draft):
        case.holes |= answers(desk, case, flow, outcome.talk.draft)
    if flow and isinstance(flow.question(outcome.talk.state), AskLine):
        case.holes["summary"] = summary(desk, case, outcome.talk)
    parts = [(say.key, scene.text(say)) for say in desk.switches.greeted(scene.says)]
    text = "\n\n".join(part for _, part in parts)
    body = ChatBody(
        text=text,
        buttons=_buttons(desk, case, outcome),
        share_phone="" if holder_of(outcome.talk) else _share_phone(desk, outcome.talk),
        answer=case.incoming.answer,
        erase=scene.erase,
        picture=scene.picture,
    )
    if text or body.answer or body.erase:
        scene.post.bubble(case.chat, body, now + BUBBLE_DIES)
        # The answer in the chat leaves before the letters it speaks of.
        ledger.outbound.insert(before, ledger.outbound.pop())
    ledger.conversations.append(memory.keep(case, outcome, now))
    if text or case.heard.kind in (TO_OFFICER, NOTE):
        state = course(case, outcome)
        ledger.lines.append(
            Line(case.chat, outcome.talk.turn, now, state, _remembered(case, flow), _said(parts))
        )


def _said(parts: list[tuple[str, str]]) -> str:
    """What the transcript keeps of what was said: that a record was shown, not what it holds."""
    return "\n\n".join(NOT_KEPT if key.startswith(RECORD) else part for key, part in parts)


def _buttons(desk: Desk, case: Case, outcome: Outcome) -> list[Button]:
    talk, buttons = outcome.talk, []
    mark = codes.bubble_mark(desk.keys.tap, case.chat, talk.turn) if talk.choices else ""
    for number, choice in enumerate(talk.choices, talk.first):
        if choice == KEEP:
            case.holes["kept"] = _kept(desk, talk)
        elif choice.startswith(GUIDE):
            case.holes["question"] = desk.guides.title(choice.removeprefix(GUIDE), talk.lang)
        label = desk.wording.label(talk.flow or outcome.flow, talk.lang, choice, case.holes)
        buttons.append(Button(f"{number}. {label}", f"{mark}{number}"))
    return buttons


def _kept(desk: Desk, talk: Talk) -> str:
    flow = desk.flows[talk.flow]
    question = flow.question(talk.state)
    value = getattr(talk.draft, question.keep) if isinstance(question, Ask) else ""
    how = flow.masks.get(question.keep) if isinstance(question, Ask) else ""
    if how == "contact":
        return masks.contact(value)
    return masks.tail(value) if how in ("account", "number", "bank") else str(value)


def _share_phone(desk: Desk, talk: Talk) -> str:
    flow = desk.flows.get(talk.flow)
    question = flow.question(talk.state) if flow else None
    if not (isinstance(question, Ask) and question.share_phone):
        return ""
    return desk.wording.text(talk.flow, talk.lang, "button.share_phone", {})


def _remembered(case: Case, flow: Flow | None) -> str:
    """What the transcript keeps of what was heard: never a code, never a password.

    flow: the procedure that has the chat now. Of a bank account it keeps four digits.
    """
    if (
        case.heard.kind in (CODE, SECRET, OFF)
        or case.heard.value == HELD_SECRET
        or case.incoming.page
    ):
        return NOT_KEPT
    if case.heard.kind == NOTE:
        return masks.hide_numbers(f"[{NOTE}]{case.heard.value}"[:KEPT])
    if case.heard.kind in FOR_OFFICERS:
        typed = case.incoming.event.kind == TEXT
        shown = case.incoming.event.text if typed else f"[{case.incoming.event.kind}]"
        return masks.hide_numbers(shown[:KEPT])
    if any(
        isinstance(want, LookUp) and want.what == "pasted" and want.name for want in case.wants
    ):
        return masks.hide_message(case.incoming.event.text)[:KEPT]
    text = case.incoming.event.text[:KEPT] or f"[{case.heard.kind}]"
    banks = any("bank" in each.masks.values() for each in (case.flow, flow) if each)
    if banks or masks.names_account(text):
        return masks.hide_accounts(text)
    waits_for_code = case.flow and case.flow.waits_for(case.talk.state)
    return masks.hide_numbers(text) if waits_for_code else text
