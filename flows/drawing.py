"""A procedure as a document: its diagram, what each state asks, who may raise its events.

The page is made from the table alone, so it cannot tell anything the bot does not do. It
carries a fingerprint: a table that changed without a new version is seen at once.
"""

import hashlib

from flows.machine import Flow
from flows.table import Ask, AskCode, AskCodes, AskHuman, AskLine, Choose, Move, codes_of

RAISED_BY = {
    "tap": "the citizen, by a button of the last bubble or by its words",
    "read": "a reader, from what the citizen typed",
    "code": "the code check",
    "human": "the human check",
    "web": "the one-time page",
    "clock": "the clock",
    "staff": "an officer",
    "photo": "the citizen, by a photo",
    "file": "the check of a photo",
    "start": "the beginning of the procedure",
}

NOTE = (
    "Written by `vssid-bot flows draw docs/flows`; do not edit.",
    "A conversation begun under another version starts again: a changed table, a new version.",
)


def document(flow: Flow) -> str:
    """The whole page in Markdown; the same table gives the same page."""
    return "\n".join(
        [
            f"# {flow.name}",
            "",
            f"Version {flow.version}, fingerprint `{fingerprint(flow)}`.",
            "",
            *NOTE,
            "",
            "```mermaid",
            mermaid(flow),
            "```",
            "",
            "## States",
            "",
            "| State | Waits for | Buttons |",
            "| --- | --- | --- |",
            *(_state(flow, state.value) for state in flow.states),
            "",
            "## Events",
            "",
            "| Events | Raised by |",
            "| --- | --- |",
            *_events(flow),
            "",
        ]
    )


def fingerprint(flow: Flow) -> str:
    """What the diagram amounts to, in eight characters."""
    return hashlib.sha256(mermaid(flow).encode()).hexdigest()[:8]


def mermaid(flow: Flow) -> str:
    """The flow as a Mermaid state diagram: one line a move, in the order of the table."""
    lines = ["stateDiagram-v2", f"    [*] --> {flow.start.value}"]
    for (at, on), moves in flow.rows.items():
        for move in moves:
            to = move.to.value if move.to else at
            lines.append(f"    {at} --> {to} : {_spoken(on)}{_guard(move)}")
    lines += [f"    {end.value} --> [*]" for end in flow.states if end in flow.ends]
    return "\n".join(dict.fromkeys(lines))


def _spoken(event: str) -> str:
    """A colon would end the label of a Mermaid arrow."""
    return event.replace(":", " ")


def _guard(move: Move) -> str:
    name = getattr(move.when, "__name__", "").strip("<>").replace("_", " ")
    return f" (if {name})" if name else ""


def _state(flow: Flow, state: str) -> str:
    buttons = [event for event in flow.answers(state) if event.startswith("tap:")]
    hidden = flow.hidden
    shown = [on.removeprefix("tap:") for on in buttons if hidden.isdisjoint({on, f"{state} {on}"})]
    return f"| {state} | {_waits(flow, state)} | {', '.join(shown)} |"


def _waits(flow: Flow, state: str) -> str:
    match flow.question(state):
        case Ask(keep=keep, share_phone=True):
            return f"text kept as `{keep}`, or the sender's own number"
        case Ask(keep=keep):
            return f"text kept as `{keep}`"
        case Choose(keep=keep):
            return f"a button, kept as `{keep}`"
        case AskLine():
            return "the number of a line to change, or a button"
        case AskCode() | AskCodes() as asked:
            return " or ".join(f"the one-time code for `{it.purpose}`" for it in codes_of(asked))
        case AskHuman():
            return "the digits of the picture"
    if state in flow.ends:
        return "nothing: an end"
    others = {event.partition(":")[0] for event in flow.answers(state)} - {"tap"}
    return "a button" if not others else " or ".join(RAISED_BY[kind] for kind in sorted(others))


def _events(flow: Flow) -> list[str]:
    events: dict[str, list[str]] = {}
    for _, on in flow.rows:
        names = events.setdefault(on.partition(":")[0], [])
        if on not in names:
            names.append(on)
    return [
        f"| {', '.join(f'`{name}`' for name in names)} | {RAISED_BY[kind]} |"
        for kind, names in events.items()
    ]
