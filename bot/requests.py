"""A request on its way to the officers: handed in, numbered, dated."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from bot.answers import summary
from bot.scene import Scene
from flows.table import AskLine
from storage.base import Dossier, Edge


class Form(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a dossier's sealed form holds.

    answers: the citizen's. question: what an officer asked last. replies: the answers to that.
    approvals: the officers who have approved.
    lines: the summary as it was read before it was handed in.
    pauses: when its time stood still, from and to.
    refusal: why it was rejected: a key of flows/dossier.py, and the officer's own words.
    """

    answers: dict[str, str]
    question: str = ""
    replies: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    pauses: tuple[tuple[float, float], ...] = ()
    refusal: tuple[str, str] | None = None


def _lines(scene: Scene) -> tuple[str, ...]:
    flow, talk = scene.case.flow, scene.case.talk
    at = next((at for at, q in flow.asks.items() if isinstance(q, AskLine)), "") if flow else ""
    if flow and isinstance(flow.question(talk.state), AskLine):
        at = talk.state
    if not at:
        return ()
    there = replace(talk, state=str(at), draft=scene.case.draft)
    return tuple(summary(scene.desk, scene.case, there).splitlines())


read_form = msgspec.json.Decoder(Form).decode
write_form = msgspec.json.Encoder().encode


def submit(scene: Scene, kind: str, account: bytes, answers: Mapping[str, str]) -> Dossier:
    """The open dossier of this kind and account; a new one where there is none."""
    ledger, desk, case, now = scene.ledger, scene.desk, scene.case, scene.now
    for row in ledger.dossiers_for(case.chat, account):
        if (row.kind, row.account, row.is_open) == (kind, account, True):
            return row
    dossier = Dossier(
        ref=desk.dossier_ref(now),
        kind=kind,
        account=account,
        chat=case.chat,
        lang=scene.lang,
        state="submitted",
        version=1,
        is_open=True,
        opened_at=now,
        due_at=desk.due(kind, answers, now),
        paused_at=None,
        # What asks nothing has no summary; the chat may be in the middle of something else.
        form=write_form(Form(dict(answers), lines=_lines(scene) if answers else ())),
    )
    ledger.put_dossier(dossier, Edge(dossier.ref, 1, now, "draft", "submitted", "citizen", ""))
    ledger.given_photos.append((case.chat, case.talk.run, dossier.ref))
    scene.act("dossier_submitted", f"{kind} {dossier.ref}")
    return dossier
