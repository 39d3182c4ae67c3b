"""One's own data in a turn: what is held is told, a copy is offered, erasing is asked for.

What goes when something is erased, and when: `bot/erasing.py`. What a copy holds: `bot/export.py`.
"""

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from bot import checking
from bot.case import Case
from bot.credentials import PAPER, page_link
from bot.desk import Desk
from bot.erasing import DONE, ERASE
from bot.ledger import Ledger
from bot.scene import Scene
from flows.effects import EraseData, ExportData, Say, ShowData
from flows.my_data import NAME
from storage.base import Right, Unit

EXPORT = "export"
PAGE, TABLE, PRINT = "my_data", "json", "pdf"  # of the purpose of a page that shows a copy
ANSWER_DAYS, FINISH_DAYS = 2, 20  # Decree 356/2025: working days to answer, days to be done
DAY = 86_400


async def load(unit: Unit, cases: Sequence[Case], ledger: Ledger) -> None:
    """Read what there is of these chats and their accounts."""
    for case in cases:
        ledger.holdings[case.chat] = await unit.holdings(case.chat, case.subject)
    ledger.agreed = await unit.consents_of([case.chat for case in cases])


def agreed_to(desk: Desk, case: Case, ledger: Ledger) -> tuple[str, ...]:
    """The procedures that this chat has agreed to, but for the one that asks."""
    given = {row.purpose for row in ledger.agreed if row.chat == case.chat and row.granted}
    return tuple(sorted(given & desk.flows.keys() - {NAME}))


def apply(effect: ShowData | ExportData | EraseData, scene: Scene) -> None:
    """Carry out one effect on somebody's own data."""
    match effect:
        case ShowData():
            _show(effect, scene)
        case ExportData():
            _export(effect, scene)
        case EraseData():
            _erase(effect, scene)
        case _:
            assert_never(effect)


def _show(effect: ShowData, scene: Scene) -> None:
    held = {each.category: each.n for each in scene.ledger.holdings.get(scene.case.chat, ())}
    days = scene.desk.settings.retention
    counted = (
        ("messages", held.get("messages", 0), days.transcript),
        ("officers", held.get("officers", 0), days.transcript),
        ("photos", held.get("photos", 0) + held.get("kept_photos", 0), days.photos),
        (
            "requests",
            held.get("open_requests", 0) + held.get("closed_requests", 0),
            days.dossiers,
        ),
        ("changes", held.get("changes", 0), days.changes),
        ("proofs", held.get("proofs", 0), 0),
        ("consents", held.get("consents", 0), days.evidence),
    )
    known = [_line(scene, "account")] if effect.account in scene.ledger.members else []
    lines = [_line(scene, name, n=str(n), keep=str(keep)) for name, n, keep in counted if n]
    scene.says.append(
        Say("data_held", {"lines": "\n".join([*known, *lines, _line(scene, "log")])})
    )
    scene.act("data_shown")


def _line(scene: Scene, name: str, **holes: str) -> str:
    plain = scene.outcome.talk.plain
    return scene.desk.wording.text(NAME, scene.lang, f"data.{name}", holes, plain=plain)


def _export(effect: ExportData, scene: Scene) -> None:
    _insist(effect, scene)
    holes = scene.case.holes
    holes["link"] = page_link(scene, f"{PAPER}{PAGE} {TABLE}")
    holes["link_pdf"] = page_link(scene, f"{PAPER}{PAGE} {PRINT}")
    row = asked_for(scene.desk, EXPORT, scene.case.chat, scene.case.subject, scene.now)
    _note(scene, row, done=True)


def _erase(effect: EraseData, scene: Scene) -> None:
    _insist(effect, scene)
    _note(scene, asked_for(scene.desk, ERASE, scene.case.chat, scene.case.subject, scene.now))


def _insist(effect: ExportData | EraseData, scene: Scene) -> None:
    if effect.slot not in checking.held(scene.case, scene.ledger, scene.now):
        raise AssertionError("data are given out or erased without their code")


def _note(scene: Scene, row: Right, *, done: bool = False) -> None:
    now = scene.now
    changed = {"lang": scene.lang, "answered_at": now}
    changed |= {"ended_at": now, "ended_as": DONE} if done else {"applies_at": now}
    row = replace(row, **changed)
    scene.ledger.rights.append(row)
    scene.case.holes["ref"] = row.ref
    scene.act(f"data_{row.kind}_asked", row.ref)


def asked_for(desk: Desk, kind: str, chat: str, account: bytes, now: float) -> Right:
    """A request about somebody's data, with the law's clocks."""
    office = desk.workdays
    answer_by = office.end_of(office.due(office.counts_as(now), ANSWER_DAYS))
    return Right(
        ref=desk.dossier_ref(now, "DL"),
        kind=kind,
        chat=chat,
        account=account,
        lang="vi",
        asked_at=now,
        answer_by=answer_by,
        finish_by=now + FINISH_DAYS * DAY,
    )
