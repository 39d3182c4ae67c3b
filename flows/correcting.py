"""An earlier answer given anew: "nhầm, email là b@x.vn", or by its name: "số cũ là 09…".

It finds the question that is meant; what follows from the answer is the table's business.
"""

from collections.abc import Mapping

from flows.checks import Got
from flows.machine import Flow
from flows.model import Talk
from flows.table import Ask
from flows.words import contains

Phrases = Mapping[tuple[str, str], frozenset[str]]


def correction(
    flow: Flow, talk: Talk, text: str, folded: str, phrases: Phrases, *, named: bool
) -> tuple[str, str] | None:
    """The state that asked, with what was read there, and the new answer.

    named: only an answer that is called by its name, the `cue:<state>` of the text file.
    """
    if talk.state not in flow.asks:
        return None  # past the questions: what was proved stays as it was
    if not named and not _says(folded, phrases[("", "cue:correct")]):
        return None
    before = list(flow.asks)[: list(flow.asks).index(talk.state)]
    for state in reversed(before):
        asked = flow.asks[state]
        if not isinstance(asked, Ask) or asked.reader.loose or not getattr(talk.draft, asked.keep):
            continue
        if named and not _says(folded, phrases.get((flow.name, f"cue:{state}"), frozenset())):
            continue
        answer = asked.reader(text)
        if isinstance(answer, Got):
            return f"{state} {answer.outcome}", answer.value
    return None


def _says(folded: str, cues: frozenset[str]) -> bool:
    return any(contains(folded, cue) for cue in cues)
