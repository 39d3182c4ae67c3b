"""What every step of every procedure must obey; each law says what is wrong, or nothing.

For the walks of `test_every_flow.py`, which try everything there is to try, and for the texts of
`test_any_text.py`, which try what nobody has thought of.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from flows import common, heard
from flows.effects import (
    ApplyChange,
    CancelAccount,
    ChangeContact,
    ClaimPhone,
    DecideDossier,
    EraseData,
    EraseMessage,
    ExportData,
    Freeze,
    IssuePassword,
    MoveDossier,
    OpenDossier,
    SendCode,
    SendPasswordLink,
    SetPassword,
    ShowData,
    ShowPicture,
    ShowRecord,
    UndoChange,
)
from flows.machine import Flow
from flows.model import OTHER, PHOTO, STALE
from flows.table import KEEP, Ask, Choose
from tests.flows.walking import Code, Proven, Step
from tests.play import procedures

QUESTIONS = ("step.", "again.", "leave", "menu", "services", "welcome")
MENDS = ("error.", "resent", "second.", "third_miss", "picture_words", "photo_kept")
# What is no answer to anything, however it was heard.
NO_ANSWERS = frozenset(
    {
        STALE,
        OTHER,
        heard.QUESTION,
        heard.SECRET,
        heard.FORWARDED,
        heard.LOST,
        heard.UNDO,
        common.PLAIN,
        common.FULL,
        *heard.LANGUAGES,
        *heard.BESIDE,
    }
)
# Procedures that end by beginning another one.
HANDED_ON = (("change_phone", "lost_phone"), ("scam_check", "freeze_account"))
# Answers of which one takes the place of the other.
INSTEAD = (
    ("phone", "suggestion"),
    ("national_id", "no_id", "birth_date"),
    ("ethnic_group", "nationality"),
    ("answer", "words", "file", "ref"),
    ("bank_account", "again"),
)


def what_is_protected_was_proved(step: Step) -> object:
    """Each effect on an account needs its own codes, of this run, for just this."""
    return next((act for act in step.outcome.effects if not _proved(step, act)), None)


def what_comes_from_elsewhere_is_not_asked_for_in_a_chat(step: Step) -> object:
    """Held changes, decisions and undone changes have their own events."""
    mine = {ApplyChange: "clock:apply", DecideDossier: "staff:decide", UndoChange: heard.UNDO}
    for effect in step.outcome.effects:
        if mine.get(type(effect), step.heard.kind) != step.heard.kind:
            return effect
        if isinstance(effect, UndoChange) and not step.facts.undo:
            return effect
    return None


def codes_go_where_the_answers_say(step: Step) -> object:
    """A code is for the account that is named, and goes only when the limits allow it."""
    sends = [effect for effect in step.outcome.effects if isinstance(effect, SendCode)]
    links = [effect for effect in step.outcome.effects if isinstance(effect, SendPasswordLink)]
    allowed = step.facts.sending is not None and step.facts.sending.granted
    for effect in sends:
        asked = procedures()[step.world.talk.flow].codes[effect.slot]
        meant = (step.draft.account, getattr(step.draft, asked.to), asked.purpose)
        if not allowed or (effect.account, effect.contact, effect.purpose) != meant:
            return effect
    slots = [effect.slot for effect in sends]
    resent = links and step.heard.kind == common.RESEND and not allowed
    return slots if len(slots) != len(set(slots)) or resent else None


def a_proof_is_remembered_only_when_it_was_given(step: Step) -> object:
    """`proven` follows a code, a page, or what was proved in this chat and has not lapsed."""
    before, after = step.world.talk.draft, step.outcome.talk.draft
    proven = getattr(after, "proven", "")
    if not proven or proven == getattr(before, "proven", ""):
        return None
    now = step.heard.kind == "web:proved" or step.right_now or step.facts.proof == proven
    return None if now and proven == step.draft.account else proven


def what_is_no_answer_changes_nothing(step: Step) -> object:
    """What is not understood loses no answer, moves nothing and asks for nothing."""
    before, after = step.world.talk, step.outcome.talk
    result = step.facts.code.result if step.facts.code else ""
    misses = step.heard.kind in NO_ANSWERS or step.heard.refusal or result in ("wrong", "old")
    if not (before.flow and misses):
        return None
    kept = (after.flow, after.state, after.draft) == (before.flow, before.state, before.draft)
    allowed = ShowPicture | EraseMessage | UndoChange | ApplyChange | DecideDossier
    acts = [act for act in step.outcome.effects if not isinstance(act, allowed) and not _says(act)]
    return None if kept and not acts else (after, acts)


def answers_survive_all_but_better_answers(step: Step) -> object:
    """An answer changes where it is asked for; only what excludes it takes it away."""
    before, after = step.world.talk, step.outcome.talk
    if not (before.flow and before.flow == after.flow):
        return None
    flow = procedures()[before.flow]
    question = flow.question(step.heard.at.split()[0] if step.heard.at else before.state)
    mine = question.keep if isinstance(question, Ask | Choose) else ""
    answered = {mine, *next((group for group in INSTEAD if mine in group), ())}
    typed = step.heard.kind != KEEP and (step.heard.value or step.heard.kind.startswith("tap:"))
    for name in _answers(flow) - (answered if typed else set()):
        given, left = getattr(before.draft, name), getattr(after.draft, name)
        if given and left != given and not _put_aside(step, name, left):
            return name
    return None


def leaving_keeps_everything(step: Step) -> object:
    """Whoever leaves for another procedure finds the first one as it was."""
    before, after = step.world.talk, step.outcome.talk
    if not before.flow or not after.parked:
        return None
    left = after.parked[-1]
    same = (left.flow, left.run, left.state, left.draft)
    return None if same == (before.flow, before.run, before.state, before.draft) else left


def only_a_word_or_an_end_leaves(step: Step) -> object:
    """The procedure goes on until it ends, is left for another one, or is put off."""
    before, after = step.world.talk, step.outcome.talk
    if not before.flow or after.flow == before.flow or step.outcome.ended or after.parked:
        return None
    onward = step.heard.kind in ("clock:forget", common.LATER)
    handed = (before.flow, after.flow) in HANDED_ON
    return None if onward or handed else step.heard


def a_bubble_asks_one_thing_once(step: Step) -> object:
    """Two questions in one bubble get half an answer; nobody is left without any."""
    keys = step.keys
    asked = [key for key in keys if key.startswith(QUESTIONS)]
    if len(asked) > 1 or len(keys) != len(set(keys)):
        return keys
    if step.outcome.ended or not step.outcome.speaks:
        return None
    last = keys[-1] if keys else "picture"
    open_ = bool(step.outcome.talk.flow) and last.startswith((*MENDS, "picture"))
    return None if asked or open_ or last in ("person_at_menu", "changed", *UNDONE) else keys


def there_is_always_a_way_out(step: Step) -> object:
    """From every open question people can stop, ask for a person, and see what to press."""
    talk = step.outcome.talk
    flow = procedures().get(talk.flow)
    if flow is None:
        return None
    ways = [(talk.state, event) in flow.rows for event in (common.CANCEL, common.STOP)]
    ways.append((talk.state, common.PERSON) in flow.rows)
    return None if all(ways) and talk.choices and talk.state not in flow.ends else talk


def who_must_wait_stays(step: Step) -> object:
    """A contact that has just got a code gets none now, and the question stays open."""
    sending = step.facts.sending
    if sending is None or not sending.soon:
        return None
    waits = any("wait" in key for key in step.keys)
    here = step.heard.at or step.outcome.talk.state == step.world.talk.state
    return step.keys if step.outcome.ended == "paused" or (waits and not here) else None


def a_refused_answer_is_not_repeated(step: Step) -> object:
    """An error never echoes what was typed: it may be somebody's number."""
    refusal = step.heard.refusal
    return refusal and next((value for value in refusal.holes.values() if len(value) > 4), None)


def only_offered_buttons_count(step: Step) -> object:
    """A kind that the last bubble did not offer is heard as an old button, wherever it is."""
    kind, talk = step.event.kind, step.world.talk
    forged = kind.startswith(("tap:", "read:", "code:", "human:", "typed:", "start:"))
    wrong = forged and kind not in talk.choices and step.heard.kind != STALE
    return step.heard if wrong else None


UNDONE = ("undone", "undo_unknown")
LAWS: tuple[Callable[[Step], object], ...] = (
    what_is_protected_was_proved,
    what_comes_from_elsewhere_is_not_asked_for_in_a_chat,
    codes_go_where_the_answers_say,
    a_proof_is_remembered_only_when_it_was_given,
    what_is_no_answer_changes_nothing,
    answers_survive_all_but_better_answers,
    leaving_keeps_everything,
    only_a_word_or_an_end_leaves,
    a_bubble_asks_one_thing_once,
    there_is_always_a_way_out,
    who_must_wait_stays,
    a_refused_answer_is_not_repeated,
    only_offered_buttons_count,
)


def _proved(step: Step, act: object) -> bool:
    needs = NEEDS.get(type(act))
    return needs is None or needs(step, act)


def _contact_is_proved(step: Step, act: ChangeContact) -> bool:
    if act.field == "phone":
        return _both_numbers_agree(step, act)
    return _the_address_and_the_account_are_proved(step, act)


def _claim_is_proved(step: Step, act: ClaimPhone) -> bool:
    new = Code("new", act.account, act.phone, "")
    return new in step.right_now and act.slot == "new"


def _code_was_right(step: Step, act: IssuePassword | SendPasswordLink) -> bool:
    sent = Code("code", act.account, act.contact, "")
    return sent in step.world.right | step.right_now


def _password_was_chosen(step: Step, act: SetPassword) -> bool:
    proved = {code.account for code in step.world.right}
    return step.heard.kind == "web:chosen" and act.account in proved


def _request_is_proved(step: Step, act: OpenDossier) -> bool:
    if act.kind == "phone_review":
        by_page = step.world.proof == Proven(act.account, "password")
        return by_page and step.facts.proof == act.account == step.draft.proven
    if act.kind in ("register", "register_child"):
        return _registration_is_answered(step, act)
    if not act.proved:
        return act.kind == "reregister" and act.account == step.draft.account
    number = act.form.get("bank_account")
    # An account at a bank was typed twice, and it is the beneficiary's own.
    if number and (number != step.draft.again or step.facts.owner != "same"):
        return False
    last = Code("submit", act.account, step.draft.reply, "")
    return last in step.right_now and bool(step.draft.proven == act.account)


def _registration_is_answered(step: Step, act: OpenDossier) -> bool:
    """The contact has answered; for a child, the parent's account is proved besides."""
    draft = step.draft
    answered = Code("new", act.account, draft.reach, "") in step.right_now
    parent = act.account == draft.account == draft.proven == step.facts.proof
    return answered and act.proved == (draft.who == "child") and (parent or not act.proved)


def _is_looked_up(step: Step, act: MoveDossier) -> bool:
    return act.ref in {each.ref for each in step.facts.dossiers}


def _both_numbers_agree(step: Step, act: ChangeContact) -> bool:
    draft = step.draft
    old = Code("old", draft.account, draft.contact, draft.phone)
    new = Code("new", draft.account, draft.phone, draft.contact)
    asked = (act.account, act.value, act.slots, act.risk)
    meant = (draft.account, draft.phone, ("old", "new"), "both_sides")
    return {old, new} <= step.held and bool(step.right_now) and asked == meant


def _the_address_and_the_account_are_proved(step: Step, act: ChangeContact) -> bool:
    new = Code("new", act.account, act.value, "")
    proof = step.world.proof
    if proof is None or new not in step.right_now or act.slots != ("new",):
        return False
    risk = "one_side" if proof.by == "password" else "both_sides"
    return proof.account == act.account == step.facts.proof and act.risk == risk


def _close_is_proved(step: Step, act: CancelAccount) -> bool:
    to = {"close": step.draft.contact, "close_mail": step.draft.mail}[act.slot]
    mine = act.account == step.draft.account and not step.facts.cooling
    return Code(act.slot, act.account, to, "") in step.right_now and mine


def _data_are_proved(step: Step, act: ExportData | EraseData) -> bool:
    """By a fresh code of the run that was sent for just this."""
    word, _, by_mail = act.slot.partition("_")
    meant = {"export": ExportData, "erase": EraseData}[word]
    to = step.draft.mail if by_mail else step.draft.contact
    sent = Code(act.slot, act.account, to, "") in step.right_now
    return sent and isinstance(act, meant) and act.account == step.draft.account


def _proof_is_live(step: Step, act: Freeze | ShowRecord | ShowData) -> bool:
    now = step.right_now or step.heard.kind == "web:proved"
    just = bool(now) and step.proof is not None and step.proof.account == act.account
    return just or step.facts.proof == act.account


NEEDS: Mapping[type, Callable[[Step, Any], bool]] = {
    ChangeContact: _contact_is_proved,
    ClaimPhone: _claim_is_proved,
    CancelAccount: _close_is_proved,
    ExportData: _data_are_proved,
    EraseData: _data_are_proved,
    IssuePassword: _code_was_right,
    SendPasswordLink: _code_was_right,
    SetPassword: _password_was_chosen,
    Freeze: _proof_is_live,
    ShowRecord: _proof_is_live,
    ShowData: _proof_is_live,
    OpenDossier: _request_is_proved,
    MoveDossier: _is_looked_up,
}


def _says(act: object) -> bool:
    return hasattr(act, "key")


def _put_aside(step: Step, name: str, left: object) -> bool:
    """A button that says the answer is none: it takes away what it excludes."""
    no_office = (name, left, step.heard.kind) == ("visit", "", "tap:reads")
    # Told that it is no new number, and forgotten.
    no_new = name == "phone" and left == "" and step.draft.phone == step.draft.contact
    suggested = name == "email" and step.heard.kind == "tap:fix"
    # Told that it is not the beneficiary's name, and forgotten.
    other = name == "holder" and left == "" and step.facts.owner != "same"
    sent = name in ("answer", "file", "words") and step.heard.kind in (PHOTO, "tap:back")
    if other:
        return True
    return no_office or no_new or suggested or sent or step.heard.kind in ("tap:no_id", "tap:kinh")


@cache
def _fields(name: str) -> frozenset[str]:
    asks = procedures()[name].asks.values()
    return frozenset(question.keep for question in asks if isinstance(question, Ask | Choose))


def _answers(flow: Flow) -> frozenset[str]:
    """The fields of the draft that questions fill."""
    return _fields(flow.name)
