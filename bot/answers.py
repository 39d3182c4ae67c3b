"""The answers given so far, as texts and summaries may show them."""

from bot import masks
from bot.case import Case
from bot.checking import shown_contact
from bot.desk import Desk
from flows.machine import Flow
from flows.model import Talk
from flows.table import AskLine, Choose, Draft


def answers(desk: Desk, case: Case, flow: Flow | None, draft: Draft) -> dict[str, str]:
    """Every field of a draft that its procedure lets its texts name, shown as it says."""
    if flow is None or draft is None:
        return {}
    shown = flow.masks.items()
    return {name: _shown(desk, case, getattr(draft, name), how) for name, how in shown}


def summary(desk: Desk, case: Case, talk: Talk) -> str:
    """The numbered lines of a summary of all answers; "" where the state is none."""
    flow = desk.flows.get(talk.flow)
    question = flow.question(talk.state) if flow else None
    if flow is None or not isinstance(question, AskLine):
        return ""
    lines = []
    for number, line in enumerate(question.shown(talk.draft), 1):
        holes = case.holes | {"chosen": _chosen(desk, case, flow, talk, line.at)}
        text = desk.wording.text(flow.name, talk.lang, f"line.{line.at}", holes)
        lines.append(f"{number}. {text}")
    return "\n".join(lines)


def _chosen(desk: Desk, case: Case, flow: Flow, talk: Talk, state: str) -> str:
    """The label of the button that was pressed in a state."""
    question = flow.question(state)
    chosen = getattr(talk.draft, question.keep) if isinstance(question, Choose) else ""
    if not chosen:
        return ""
    return desk.wording.label(talk.flow, talk.lang, f"tap:{chosen}", case.holes)


def _shown(desk: Desk, case: Case, value: object, how: str) -> str:
    if how == "contact":
        return shown_contact(desk, case, str(value))
    return masks.tail(str(value)) if how in ("number", "bank") else str(value)
