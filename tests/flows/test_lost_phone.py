"""The registered phone is lost: which way is left, and that none of them changes a phone.

Each table holds (what the citizen does, where it ends or waits, what the last bubble says).
"""

from collections import deque
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from flows.effects import (
    ChangeContact,
    ClaimPhone,
    GiveConsent,
    HandOver,
    OfferSignIn,
    OpenDossier,
    SendCode,
    VoidCodes,
)
from flows.lost_phone import flow
from flows.model import ON_FILE_EMAIL, Allowance, CodeCheck, Event, Facts, OnFile, Talk, web
from tests.play import USUAL, Played, house, play, say_to

P3B = "lost_phone"
ACCOUNT, PHONE = "0123456789", "+84912345678"
VOID = VoidCodes()
AGREED, REFUSED = GiveConsent(P3B, granted=True), GiveConsent(P3B, granted=False)
MAIL = SendCode("proof_mail", "prove_account", ACCOUNT, ON_FILE_EMAIL)
MOST_QUESTIONS = 4

READS = ("[sim_gone]", "[remembers]", "[reads]")
REVIEW = (*READS, "[yes]", ACCOUNT, "right code", "page: proved")
CHECK = (*REVIEW, "0912 345 678")
FORGOT = ("[sim_gone]", "[forgot]", "[can_go]")
FORM = (*FORGOT, "[yes]", "Nguyễn Thị An", ACCOUNT, "0912 345 678", "BHXH quận 1")
NO_PAGE = (*READS, "[yes]", ACCOUNT, "right code", "[cannot]", "[can_go]")

Effects = tuple[Any, ...]


def ask(lines: tuple[str, ...], facts: Facts = USUAL) -> Played:
    """Have this conversation."""
    return play(P3B, lines, facts)


ENDS = [
    (("[sim_again]",), "carrier", ()),
    (("làm lại được",), "carrier", ()),
    (
        (*CHECK, "[ask_review]"),
        "review",
        (OpenDossier("phone_review", ACCOUNT, {"phone": PHONE, "sim": "sim_gone"}),),
    ),
    (
        (*FORM, "[ask_office]"),
        "reregister",
        (
            OpenDossier(
                "reregister",
                ACCOUNT,
                {
                    "full_name": "Nguyễn Thị An",
                    "account": ACCOUNT,
                    "phone": PHONE,
                    "office": "BHXH quận 1",
                    "sim": "sim_gone",
                    "password": "forgot",
                    "visit": "can_go",
                },
                proved=False,
            ),
        ),
    ),
    ((*READS, "[no]"), "refused", (REFUSED,)),
    ((*FORGOT, "hủy", "[stop]"), "cancelled", (VOID,)),
    ((*READS, "[yes]", f"no more codes: {ACCOUNT}"), "paused", (VOID,)),
    ((*READS, "[yes]", ACCOUNT, "void code"), "void", ()),
    ((*FORM, "gặp cán bộ"), "person", (HandOver("form"),)),
]

ANSWERS = [
    (("khoan, chưa biết",), "sim", ("lost", "again.sim"), ()),
    (("không được",), "password", ("step.password",), ()),
    (("[sim_gone]", "nhớ"), "email", ("step.email",), ()),
    (("[sim_gone]", "quên rồi"), "office", ("step.office",), ()),
    (("[sim_gone]", "[remembers]", "không có email"), "office", ("step.office",), ()),
    (READS, "consent", ("step.consent",), ()),
    (FORGOT, "consent", ("step.consent",), ()),
    (
        ("[sim_gone]", "[forgot]", "[cannot_go]"),
        "consent",
        ("no_visit", "step.consent"),
        (),
    ),
    ((*READS, "[yes]"), "number", ("step.number",), (AGREED,)),
    ((*READS, "[yes]", ACCOUNT), "proof_mail", ("step.proof_mail",), (MAIL,)),
    ((*READS, "[yes]", "DN4790123456789", "[yes]"), "proof_mail", ("step.proof_mail",), (MAIL,)),
    ((*READS, "[yes]", ACCOUNT, "wrong code"), "proof_mail", ("error.code_wrong",), ()),
    (REVIEW[:-1], "sign_in", ("step.sign_in",), (OfferSignIn(ACCOUNT),)),
    ((*REVIEW[:-1], "[resend]"), "sign_in", ("step.sign_in",), (OfferSignIn(ACCOUNT),)),
    (REVIEW, "phone", ("step.phone",), ()),
    (CHECK, "check", ("step.check",), ()),
    ((*CHECK, "1", "0987 654 321"), "check", ("step.check",), (VOID,)),
    ((*FORGOT, "[yes]"), "name", ("step.name",), (AGREED,)),
    ((*FORGOT, "[yes]", "Nguyễn Thị An"), "claim", ("step.claim",), ()),
    ((*FORGOT, "[yes]", "An", "DN4790123456789"), "new_phone", ("step.new_phone",), ()),
    (FORM, "form", ("step.form",), ()),
    ((*FORM, "1", "Nguyễn Thị Ba"), "form", ("step.form",), (VOID,)),
    ((*FORM, "3", "0987 654 321"), "form", ("step.form",), (VOID,)),
    ((*FORM, "4", "chưa biết"), "form", ("step.form",), (VOID,)),
    # The e-mail or the page do not work after all: what was typed is not asked again.
    ((*READS, "[yes]", ACCOUNT, "[cannot]"), "office", ("step.office",), ()),
    (NO_PAGE, "name", ("step.name",), ()),
    ((*NO_PAGE, "An"), "new_phone", ("step.new_phone",), ()),
]


@pytest.mark.parametrize(("inputs", "end", "effects"), ENDS)
def test_ends(inputs: tuple[str, ...], end: str, effects: Effects) -> None:
    """Each end says its own text, does what it must, and leads back to the menu."""
    played = ask(inputs)
    assert (played.ended, played.effects) == (end, effects)
    assert played.keys[0] == f"step.{end}"
    left = ("tap:go_on", "tap:message") if end == "person" else ()
    assert played.talk.choices == (*left, "tap:menu")


@pytest.mark.parametrize(("inputs", "state", "keys", "effects"), ANSWERS)
def test_answers(
    inputs: tuple[str, ...], state: str, keys: tuple[str, ...], effects: Effects
) -> None:
    """An answer moves on to the next question, whatever form it was typed in."""
    played = ask(inputs)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


@pytest.mark.parametrize(
    ("inputs", "states"),
    [
        (("[sim_gone]", "[back]"), ("sim",)),
        ((*READS, "[back]", "[back]"), ("email", "password")),
        ((*FORGOT, "[back]", "[back]"), ("office", "password")),
        (("[sim_gone]", "[remembers]", "[no_email]", "[back]"), ("email",)),
        ((*READS, "[yes]", ACCOUNT, "[back]", "[back]"), ("number", "email")),
        ((*REVIEW[:-1], "[back]"), ("number",)),
        ((*CHECK, "[back]"), ("phone",)),
        ((*FORM, "[back]", "[back]", "[back]"), ("where", "new_phone", "claim")),
        ((*FORGOT, "[yes]", "[back]"), ("office",)),
    ],
)
def test_back_leads_to_the_question_before(
    inputs: tuple[str, ...], states: tuple[str, ...]
) -> None:
    """Back goes along the questions that were asked."""
    played = ask(inputs[: -len(states)])
    for line, state in zip(inputs[-len(states) :], states, strict=True):
        say_to(played, line)
        assert played.at == state


def test_at_most_four_questions_before_the_way_is_known() -> None:
    """Whatever the answers are, the fifth bubble is no question of the triage any more."""
    triage = {"sim", "password", "email", "office"}
    todo: deque[tuple[str, ...]] = deque([()])
    while todo:
        taps = todo.popleft()
        played = ask(taps)
        if played.at not in triage:
            assert len(taps) <= MOST_QUESTIONS
            continue
        choices = [choice.removeprefix("tap:") for choice in played.talk.choices]
        todo.extend((*taps, f"[{it}]") for it in choices if it not in ("back", "person"))


def test_a_change_of_mind_in_the_triage() -> None:
    """Who goes back and can read the e-mail after all is not sent to an office."""
    played = ask((*FORGOT[:-1], "[back]", "[remembers]", "[no_email]", "[can_go]", "[back]"))
    assert played.at == "office"
    for line in ("[back]", "[reads]", "[yes]"):
        say_to(played, line)
    assert played.at == "number"


def test_a_review_needs_both_proofs_a_moment_ago() -> None:
    """Where the proof has lapsed, or was of another account, it starts from the number again."""
    lapsed = ask(CHECK, USUAL)
    say_to(lapsed, "lapsed: [ask_review]")
    assert (lapsed.at, lapsed.keys) == ("number", ("error.lapsed", "step.number"))
    other = ask((*CHECK, "nhầm, căn cước là 079091234567"))
    assert other.at == "proof_mail"
    assert not [each for each in other.effects if isinstance(each, OpenDossier)]


def test_a_contact_that_changed_a_moment_ago_ends_it() -> None:
    """Within 72 hours of a change nobody asks for the next one (rule R19)."""
    assert ask(REVIEW, replace(USUAL, cooling=True)).ended == "cooling"


def test_a_request_without_proof_holds_what_was_typed() -> None:
    """The re-registration names nothing that the registry knows, and is nobody's account's."""
    told = replace(USUAL, on_file=OnFile(phone=True, email=True, name=True))
    (opened,) = ask((*FORM, "[ask_office]"), told).effects
    assert isinstance(opened, OpenDossier)
    assert not opened.proved
    typed = {"Nguyễn Thị An", ACCOUNT, PHONE, "BHXH quận 1"}
    assert set(opened.form.values()) - {"sim_gone", "forgot", "can_go"} == typed


def test_who_cannot_go_is_told_whom_to_ask() -> None:
    """The answer goes along, so that the officer knows."""
    inputs = ("[sim_gone]", "[forgot]", "[cannot_go]", *FORM[3:], "[ask_office]")
    (opened,) = ask(inputs).effects
    assert isinstance(opened, OpenDossier)
    assert opened.form["visit"] == "cannot_go"


def test_it_is_reached_from_the_change_of_phone() -> None:
    """[Mất số cũ] leads here; what was begun there is over, nothing of it is kept."""
    played = play("change_phone", ("[yes]", ACCOUNT, "[lost]"))
    assert (played.talk.flow, played.at, played.keys) == (P3B, "sim", ("step.sim",))


@pytest.mark.parametrize(
    "words",
    ["mất sim", "mất số", "mất điện thoại", "rớt mất đt lun sim", "sim cu mat lau roi", "/matsim"],
)
def test_words_that_begin_it(words: str) -> None:
    """It is found by what people call it."""
    assert play("", ["xin chào", words]).talk.flow == P3B


# --- no chat input alone changes a phone ------------------------------------------------

TYPED = (
    ACCOUNT,
    "DN4790123456780",
    "0912345678",
    "Nguyễn Thị An",
    "nhầm, căn cước là 079091234567",
    "nhầm, số mới là 0912345678",
    "2",
)


@pytest.mark.timeout(240)  # every state, every event
def test_nothing_here_changes_a_phone() -> None:
    """Whatever is typed or pressed, wherever: no contact changes, a review has both proofs."""
    seen: set[Any] = set()
    todo = deque([play(P3B, ()).talk])
    opened = set()
    while todo:
        talk = todo.popleft()
        for event, facts in _everything(talk):
            heard = house().hear(talk, event)
            outcome = house().step(talk, heard, facts)
            for effect in outcome.effects:
                assert not isinstance(effect, ChangeContact | ClaimPhone), (talk, event)
                if isinstance(effect, OpenDossier):
                    opened.add(effect.kind)
                    assert not effect.proved or talk.draft.proven == effect.account
            after = _told_apart(outcome.talk)
            if after.flow == P3B and after not in seen:
                seen.add(after)
                todo.append(after)
    assert opened == {"phone_review", "reregister"}
    assert {talk.state for talk in seen} == {state.value for state in flow.states} - flow.ends


def _told_apart(talk: Talk) -> Talk:
    """The chat without what makes no difference to any rule."""
    if talk.flow != P3B:
        return talk
    draft = talk.draft and msgspec.structs.replace(
        talk.draft, office=talk.draft.office[:1] and "x", full_name=talk.draft.full_name and "x"
    )
    return replace(talk, turn=1, run=1, misses=0, parked=(), proof=None, plain=False, draft=draft)


def _everything(talk: Talk) -> list[tuple[Event, Facts]]:
    """All events, as if the chat always held a live proof of whatever number it names."""
    usual = Facts(sending=Allowance(granted=True), proof=talk.draft.account)
    events = [Event(choice) for choice in talk.choices]
    events += [Event("text", text) for text in TYPED]
    found = [(event, usual) for event in events]
    found.append((Event("text", "123456"), replace(usual, code=CodeCheck("right", "proof_mail"))))
    found.append((Event("text", "123456"), replace(usual, code=CodeCheck("wrong"))))
    if talk.state == "number":
        found.append((Event("text", ACCOUNT), replace(usual, human_policy="always")))
    if talk.state == "human":
        found.append((Event("text", "1234"), replace(usual, human=True)))
    if talk.state == "sign_in":
        found.append((Event(web("proved")), usual))
    return found
