"""What happens to dossiers in a turn: handed in, shown, answered, withdrawn, decided.

The graph of their states is `flows/dossier.py`; what a decision brings about is here. Of two
decisions on one version the first counts and the other changes nothing: whoever asked looks at
the history to see whose it was.
"""

from typing import assert_never

from msgspec.structs import replace

from bot import changes, masks
from bot.credentials import PAPER, page_link
from bot.decision import Decision, read_decision
from bot.notifier.parcel import ChatBody, PaperBody
from bot.requests import Form, read_form, submit, write_form
from bot.scene import Scene
from flows import dossier as graph
from flows.effects import DecideDossier, MoveDossier, OpenDossier, Say, ShowDossiers
from storage.base import Dossier, Edge, Member, Standing

__all__ = ["Decision", "apply"]
LATEST = 3
TOLD_FOR = 86_400  # seconds after which a word on a dossier is not worth sending any more
# Forms hold numbers in full, which no chat may (C10): they open on a page of their own.
FORMS = {"reissue_book": "tk1_ts", "reissue_card": "tk1_ts", "reregister": "reregister"}
RECEIPTS = {*FORMS, "phone_review"}


def apply(effect: OpenDossier | MoveDossier | DecideDossier | ShowDossiers, scene: Scene) -> None:
    """Carry out one effect on dossiers."""
    match effect:
        case OpenDossier():
            _open(effect, scene)
        case MoveDossier():
            _move(effect.ref, effect.event, "citizen", effect.text, None, scene)
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
    if member:
        scene.post.notice("dossier_submitted", member.person, ())


def _decide(said: Decision, scene: Scene) -> None:
    known = said.officer in scene.desk.settings.dossiers.officers
    if not known or not said.event.startswith("staff:"):
        scene.act("dossier_refused", f"{said.ref} dossier.not_yours")
        return
    _move(said.ref, said.event, said.officer, said.why, said.version, scene)


def _move(ref: str, event: str, who: str, why: str, version: int | None, scene: Scene) -> None:
    before = scene.ledger.dossiers.get(ref)
    if before is None:
        return
    scene.about = before.account
    form = read_form(before.form)
    view = graph.View(before.kind, before.state, before.version, form.approvals)
    moved = graph.decide(view, event, who, before.version if version is None else version, why)
    if isinstance(moved, graph.Refused):
        scene.act("dossier_refused", f"{ref} {moved.key} {who}")
        return
    if event == "text:answer":
        scene.ledger.given_photos.append((scene.case.chat, scene.case.talk.run, ref))
    after = _stepped(before, _noted(form, event, why, moved), event, moved, scene)
    step = Edge(ref, after.version, scene.now, before.state, after.state, who, why)
    scene.ledger.put_dossier(after, step)
    scene.act("dossier_moved", f"{ref} {before.state} {after.state} {who}")
    _name(after, scene)
    scene.case.holes["why"] = why
    member = scene.ledger.accounts.get(before.account)
    if after.state == "resolved":
        _bring_about(after, form, member, scene)
    _tell(after, member, scene)


def _noted(form: Form, event: str, why: str, moved: graph.Moved) -> Form:
    if event == "staff:ask":
        return replace(form, question=why, approvals=moved.view.approvals)
    if event == "text:answer":
        return replace(form, replies=(*form.replies, why), question="")
    return replace(form, approvals=moved.view.approvals)


def _stepped(before: Dossier, form: Form, event: str, moved: graph.Moved, scene: Scene) -> Dossier:
    now, view = scene.now, moved.view
    paused = now if view.state == "needs_info" else None
    due = before.due_at
    if event == "staff:verify":
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
    if member is None:
        return
    if dossier.kind == "unfreeze":
        scene.ledger.standings.append(Standing(member.account, "active", scene.now))
        scene.act("account_unfrozen")
        scene.post.notice("account_unfrozen", member.person, ())
    if dossier.kind == "phone_review":
        hours = scene.desk.settings.holds.review
        phone = form.answers["phone"]
        changes.record(scene, member, "phone", phone, hours=hours, cause=dossier.kind)


def _tell(dossier: Dossier, member: Member | None, scene: Scene) -> None:
    """A word on every step: to the chat it was handed in from, and to the account's address."""
    kind, lang = f"dossier_{dossier.state}", dossier.lang
    holes = _named(dossier, scene, lang) | {"why": scene.case.holes["why"]}
    text = scene.desk.wording.text("", lang, f"chat.{kind}", scene.post.filled(holes))
    scene.post.bubble(dossier.chat, ChatBody(text), scene.now + TOLD_FOR)
    if member:
        scene.post.notice(kind, member.person, ())


def _show(scene: Scene) -> None:
    case = scene.case
    rows = scene.ledger.dossiers_for(case.chat, case.subject if case.proved else b"")
    for row in rows[:LATEST]:
        asks = "dossier_asks" if row.state == "needs_info" else "dossier_line"
        scene.says.append(
            Say(asks if row.is_open else "dossier_closed", _named(row, scene, scene.lang))
        )


def _name(dossier: Dossier, scene: Scene) -> None:
    scene.case.holes |= _named(dossier, scene, scene.lang)


def _named(dossier: Dossier, scene: Scene, lang: str) -> dict[str, str]:
    """What texts may say of a dossier."""
    desk, form = scene.desk, read_form(dossier.form)
    return {
        "ref": dossier.ref,
        "due": desk.wording.day(lang, desk.day_of(dossier.due_at)) if dossier.due_at else "",
        "what": desk.wording.text("my_dossiers", lang, f"kind.{dossier.kind}", {}),
        "state": desk.wording.text("my_dossiers", lang, f"state.{dossier.state}", {}),
        "why": form.question,
        "new": masks.contact(form.answers["phone"]) if "phone" in form.answers else "",
    }
