"""What the open question makes of a text or a shared number: an answer, or why it is none."""

from flows.checks import Got, Refused
from flows.heard import CODE, FORWARDED, HUMAN, Heard
from flows.machine import Flow
from flows.model import OTHER, Event, Talk, read
from flows.table import Ask, AskCode, AskCodes, AskHuman, AskLine, AskPasted, Question


def read_answer(question: Question | None, text: str) -> Got | Refused | None:
    """What the open question makes of a text; choices are matched by words and numbers."""
    if isinstance(question, Ask | AskPasted | AskCode | AskCodes | AskHuman | AskLine):
        return question.reader(text)
    return None


def contact_answer(flow: Flow | None, talk: Talk, event: Event) -> Heard:
    """What a shared phone number answers."""
    question = flow.question(talk.state) if flow else None
    if not (isinstance(question, Ask) and question.share_phone):
        return Heard(OTHER)
    answer = question.reader(event.text)
    if isinstance(answer, Refused):
        return Heard(read("bad"), refusal=answer)
    return Heard(read(answer.outcome), answer.value)


def answered(question: Question, answer: Got, *, fresh: bool) -> Heard:
    """An answer as the tables name it; a code counts only if the citizen typed it."""
    if isinstance(question, AskCode | AskCodes):
        return Heard(CODE, answer.value) if fresh else Heard(FORWARDED)
    if isinstance(question, AskHuman):
        return Heard(HUMAN, answer.value)
    return Heard(read(answer.outcome), answer.value)
