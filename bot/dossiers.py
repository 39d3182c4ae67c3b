"""What happens to dossiers in a turn: handed in, shown, answered, withdrawn, decided.

The graph of their states is `flows/dossier.py`; what a decision brings about is here. Of two
decisions on one version the first counts and the other changes nothing: whoever asked looks at
the history to see whose it was.
"""

from typing import assert_never

from msgspec.structs import replace

from bot import changes, masks, registering
from bot.credentials import PAPER, page_link
from bot.decision import REJECT, Decision, read_decision
from bot.notifier.parcel import ChatBody, PaperBody
from bot.requests import Form, read_form, submit, write_form
from bot.scene import Scene
from bot.staff import may_act
from flows import dossier as graph
from flows.effects import DecideDossier, MoveDossier, OpenDossier, Say, ShowDossiers
from storage.base import Dossier, Edge, Member

__all__ = ["Decision", "apply"]
LATEST = 3
TOLD_FOR = 86_400  # seconds after which a word on a dossier is not worth sending any more
# Forms hold numbers in full, which no chat may (C10): they open on a page of their own.
FORMS = {
    "reissue_book": "tk1_ts",
    "reissue_card": "tk1_ts",
    "reregister": "reregister",
    "pension_place": "hsb_14",
    "pension_payment": "cbh_2",
}
VERIFY = "staff:verify"
RECEIPTS = {*FORMS, *registering.SUBMITTED, "phone_review"}


def apply(effect: OpenDossier | MoveDossier | DecideDossier | ShowDossiers, scene: Scene) -> None:
    """Carry out one effect on dossiers."""
    match effect:
        case OpenDossier():
            _open(effect, scene)
        case MoveDossier():
            # A citizen's step counts whatever was done to the dossier meanwhile.
            known = scene.ledger.dossiers.get(effect.ref)
            version = known.version if known else 0
            said = Decision(effect.ref, effect.event, graph.CITIZEN, version, effect.text)
            _move(said, scene)
        case DecideDossier():
            _decide(read_decision(effect.decision), scene)
        case ShowDossiers():
            _show(scene)
        case _:
            assert_never(effect)


def _open(effect: OpenDossier, scene: Scene) -> None:
    desk, case, ledger = scene.desk, scene.case, scene.ledger
    account = case.subject if effect.proved else desk.index("chat", case.chat)
    known = {row.ref for row in ledger.dossiers.values()}
    dossier = submit(scene, effect.kind, account, effect.form)
    _name(dossier, scene)
    if form := FORMS.get(effect.kind):
        case.holes["link"] = page_link(scene, f"{PAPER}{form} {dossier.ref}")
    if dossier.ref in known:
        return  # handed in before; the receipt says the same
    if effect.kind in RECEIPTS:
        body = PaperBody("receipt", dossier.ref, scene.lang)
        scene.post.paper(body, scene.now + TOLD_FOR)
    member = ledger.members.get(effect.account) if effect.proved else None
    if person := registering.addressee(dossier, read_form(dossier.form), member):
        told = registering.SUBMITTED.get(effect.kind, "dossier_submitted")
        scene.post.notice(told, person, ())


def _decide(said: Decision, scene: Scene) -> None:
    known = may_act(said.officer, scene.ledger.staff, scene.desk.settings, "decide")
    if not known or not said.event.startswith("staff:"):
        scene.act("dossier_refused", f"{said.ref} dossier.not_yours")
        return
    _move(said, scene)


def _move(said: Decision, scene: Scene) -> None:
    ref, who, before = said.ref, said.officer, scene.ledger.dossiers.get(said.ref)
    if before is None:
        return
    scene.about = before.account
    form = read_form(before.form)
    view = graph.View(before.kind, before.state, before.version, form.approvals)
    moved = graph.decide(view, said.event, who, said.version, said.spoken)
    if isinstance(moved, graph.Refused):
        scene.act("dossier_refused", f"{ref} {moved.key} {who}")
        return
    if moved.view.state == "resolved" and registering.is_taken(before, scene):
        scene.act("dossier_refused", f"{ref} {registering.TAKEN} {who}")
        return
    if said.event == "text:answer":
        scene.ledger.given_photos.append((scene.case.chat, scene.case.talk.run, ref))
    after = _stepped(before, _noted(form, said, moved), said.event, moved, scene)
    step = Edge(ref, after.version, scene.now, before.state, after.state, who, said.spoken)
    scene.ledger.put_dossier(after, step)
    scene.act("dossier_moved", f"{ref} {before.state} {after.state} {who}")
    _name(after, scene)
    member = scene.ledger.accounts.get(before.account)
    if after.state == "resolved":
        _bring_about(after, form, member, scene)
    if said.event == VERIFY:
        scene.case.holes["why"] = said.why
    _tell(
        "dossier_verifying" if said.event == VERIFY else f"dossier_{after.state}",
        after,
        member,
        scene,
    )


def _noted(form: Form, said: Decision, moved: graph.Moved) -> Form:
    if said.event == "staff:ask":
        return replace(form, question=said.why, approvals=moved.view.approvals)
    if said.event == "text:answer":
        return replace(form, replies=(*form.replies, said.why), question="")
    if said.event == REJECT:
        return replace(form, refusal=(said.reason or graph.OTHER, said.why))
    return replace(form, approvals=moved.view.approvals)


def _stepped(before: Dossier, form: Form, event: str, moved: graph.Moved, scene: Scene) -> Dossier:
    now, view = scene.now, moved.view
    paused = now if view.state == "needs_info" else None
    due = before.due_at
    if event == VERIFY:
        due = scene.desk.due_verified(before.opened_at)
        for since, until in form.pauses:
            due = scene.desk.pushed(due, since, until)
    if before.paused_at is not None and paused is None and due is not None:
        due = scene.desk.pushed(due, before.paused_at, now)
        form = replace(form, pauses=(*form.pauses, (before.paused_at, now)))
    return replace(
        before,
        state=view.state,
        version=before.version + 1,
        is_open=view.state not in graph.ENDS,
        due_at=due,
        paused_at=paused,
        form=write_form(form),
    )


def _bring_about(dossier: Dossier, form: Form, member: Member | None, scene: Scene) -> None:
    """What the last approval of some kinds entails."""
    if dossier.kind in registering.SUBMITTED:
        registering.open_account(dossier, form, scene)
    if member is None:
        return
    if dossier.kind == "unfreeze":
        changes.unfreeze(member, scene)
    if dossier.kind == "phone_review":
        hours = scene.desk.settings.holds.review
        phone = form.answers["phone"]
        changes.record(scene, member, "phone", phone, hours=hours, cause=dossier.kind)


def _tell(kind: str, dossier: Dossier, member: Member | None, scene: Scene) -> None:
    """A word on every step: to the chat it was handed in from, and to the account's address."""
    form, until = read_form(dossier.form), scene.now + TOLD_FOR
    if dossier.kind in registering.SUBMITTED and dossier.state == "resolved":
        registering.tell_approved(dossier, form, scene, until)
        return
    text = scene.desk.wording.text("", scene.lang, f"chat.{kind}", scene.post.filled({}))
    scene.post.bubble(dossier.chat, ChatBody(text), until)
    if person := registering.addressee(dossier, form, member):
        scene.post.notice(kind, person, ())


def _show(scene: Scene) -> None:
    case = scene.case
    rows = scene.ledger.dossiers_for(case.chat, case.subject if case.proved else b"")
    for row in rows[:LATEST]:
        scene.says.append(Say(_line(row), _named(row, scene)))


def _line(row: Dossier) -> str:
    """The text that says how far a request is."""
    if row.is_open:
        return "dossier_asks" if row.state == "needs_info" else "dossier_line"
    return "dossier_refused" if read_form(row.form).refusal else "dossier_closed"


def _name(dossier: Dossier, scene: Scene) -> None:
    scene.case.holes |= _named(dossier, scene)


def _named(dossier: Dossier, scene: Scene) -> dict[str, str]:
    """What texts may say of a dossier, in the language of the chat."""
    desk, form, lang = scene.desk, read_form(dossier.form), scene.lang
    return {
        "ref": dossier.ref,
        "due": desk.wording.day(lang, desk.day_of(dossier.due_at)) if dossier.due_at else "",
        "what": desk.wording.text("my_dossiers", lang, f"kind.{dossier.kind}", {}),
        "state": desk.wording.text("my_dossiers", lang, f"state.{dossier.state}", {}),
        "why": form.question,
        "new": masks.contact(form.answers["phone"]) if "phone" in form.answers else "",
    } | _refused(form, scene)


def _refused(form: Form, scene: Scene) -> dict[str, str]:
    """Why it was rejected: `reason` for an SMS, `why` with the officer's own words."""
    if form.refusal is None:
        return {}
    (key, words), wording = form.refusal, scene.desk.wording
    reason = wording.text("my_dossiers", scene.lang, f"reason.{key}", {})
    own = words if key == graph.OTHER else f"{reason}. {words}" if words else f"{reason}."
    return {"reason": reason, "why": own}
