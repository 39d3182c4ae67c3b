"""One event within a procedure: keep the answer, move the table, say the next question."""

from msgspec.structs import replace

from flows import common, free, rating, switched
from flows.asides import ASIDES, again, refuse
from flows.common import MENU
from flows.effects import UndoChange, VoidCodes
from flows.heard import BESIDE, CODE, CORRECT, FULL_UP, HUMAN, LANGUAGES, LINE, OFF, UNDO, Heard
from flows.machine import Flow
from flows.model import Facts, Talk, code, human, read, start
from flows.quiet import ATTENDING, TO_OFFICER
from flows.table import KEEP, Ask, AskLine, Choose, Draft, Turn

NO_ANSWER = (KEEP, UNDO, OFF, TO_OFFICER, *ATTENDING, *BESIDE)
MODES = {common.PLAIN: (True, "plain"), common.FULL: (False, "full")}


def decide(turn: Turn, heard: Heard, after: Draft) -> int:
    """Move the turn; returns how many answers in a row were not understood.

    after: the draft with the answer that was heard.
    """
    before, kind = turn.state, _event(turn, heard)
    if heard.refusal:
        return refuse(turn, heard.refusal)
    if (aside := _aside(turn, heard)) is not None:
        return again(turn, aside)
    name, value = answer_of(turn.flow, turn.talk, heard)
    if name and getattr(turn.draft, name) not in ("", value):
        # A code on its way was asked for with the earlier answer and proves nothing any more.
        turn.do(VoidCodes())
    turn.draft = after
    if heard.kind == CORRECT:
        turn.say("corrected")
        turn.state, before = heard.at.split()[0], ""
    if heard.kind == LINE:
        question = turn.flow.question(before)
        if isinstance(question, AskLine):
            turn.state = question.shown(turn.draft)[int(heard.value) - 1].at.value
    elif not turn.flow.fire(turn, kind):
        return again(turn, ASIDES.get(kind, "lost"))
    if kind == code("right"):
        _note_proof(turn)
    _grow_plain(turn)
    if turn.state != before and not turn.next:
        turn.say(f"step.{turn.state}")
    return 0


def _aside(turn: Turn, heard: Heard) -> str | None:
    """What is answered wherever the chat stands, before the open question once more."""
    if free.aside(turn, heard.kind, heard.sense):
        return ""
    if rating.aside(turn, heard):
        return ""
    if heard.kind == OFF:
        switched.aside(turn, heard)
        return ""
    if heard.kind in LANGUAGES:
        turn.talk = replace(turn.talk, lang=LANGUAGES[heard.kind])
        return "language"
    if heard.kind in MODES:
        plain, key = MODES[heard.kind]
        turn.talk = replace(turn.talk, plain=plain)
        return key
    if heard.kind == UNDO:
        acts, key = undone(turn.facts)
        turn.effects += acts
        return key
    return "too_many" if heard.kind == FULL_UP else None


def _grow_plain(turn: Turn) -> None:
    """Whoever has just proved to be old hears few words from now on (leap L2)."""
    if turn.proved and turn.facts.on_file and turn.facts.on_file.old:
        turn.talk = replace(turn.talk, plain=True)


def _note_proof(turn: Turn) -> None:
    """A right code to a contact on file proves the account (C04)."""
    slot = turn.facts.code.slot if turn.facts.code else ""
    asked = turn.flow.codes.get(slot)
    turn.proved = turn.proved or (asked is not None and asked.on_file)


def _event(turn: Turn, heard: Heard) -> str:
    """The table's name for what was heard, now that the facts are known."""
    kind, facts = heard.kind, turn.facts
    if kind == CORRECT:
        return read(heard.at.split()[1])
    if kind == CODE and facts.code:
        return code(facts.code.result)
    if kind == HUMAN:
        return human("right" if facts.human else "wrong")
    if kind == start(turn.flow.name):
        return common.GO_ON
    leaves = kind in (MENU, common.CANCEL)
    if leaves or (kind == common.BACK and (turn.state, kind) not in turn.flow.rows):
        # Whoever is asked "stop?" and says so once more has answered.
        return common.STOP if common.STOP in turn.talk.choices else common.CANCEL
    return kind


def may_send(flow: Flow, talk: Talk, heard: Heard) -> tuple[str, ...]:
    """The slots of every code that this event could send, whatever the facts will be."""
    if heard.kind == CORRECT:
        state, outcome = heard.at.split()
        return flow.may_send(state, read(outcome))
    if heard.kind == CODE:
        sent = [flow.may_send(talk.state, code(result)) for result in ("right", "expired")]
        return tuple(dict.fromkeys(slot for each in sent for slot in each))
    if heard.kind == HUMAN:
        return flow.may_send(talk.state, human("right"))
    return flow.may_send(talk.state, heard.kind)


def answer_of(flow: Flow, talk: Talk, heard: Heard) -> tuple[str, str]:
    """The field of the draft that this event fills, and with what; ("", "") for none."""
    if heard.kind in NO_ANSWER:
        return "", ""
    question = flow.question(heard.at.split()[0] if heard.at else talk.state)
    value = heard.value
    if isinstance(question, Choose):
        option = heard.kind.removeprefix("tap:")
        value = option if option in question.options and option != heard.kind else ""
    return (question.keep, value) if isinstance(question, Ask | Choose) and value else ("", "")


def undone(facts: Facts) -> tuple[tuple[UndoChange, ...], str]:
    return ((UndoChange(),), "undone") if facts.undo else ((), "undo_unknown")
