"""The graph of dossiers as a document: its diagrams, and who may raise which event.

Made from the table alone. The fingerprint shows a table that changed without a new version.
"""

import hashlib

from flows.dossier import ENDS, GRAPH_VERSION, GRAPHS, NEEDED, Edge

NOTE = (
    "A dossier's version grows by one with every edge; whoever decides names the version they",
    "have seen. Of two who saw the same one, the first decides and the other is told.",
)


def document() -> str:
    """The whole page in Markdown; the same table gives the same page."""
    head = f"Version {GRAPH_VERSION}, fingerprint `{fingerprint()}`."
    parts = [line for kinds, edges in _shared().items() for line in _part(kinds, edges)]
    return "\n".join(["# Dossiers", "", head, "", *NOTE, "", *parts, *_events()])


def fingerprint() -> str:
    """What all the graphs amount to, in eight characters."""
    drawn = "\n".join(f"{kind}\n{mermaid(edges)}" for kind, edges in GRAPHS.items())
    return hashlib.sha256(f"{drawn}\n{sorted(NEEDED.items())}".encode()).hexdigest()[:8]


def mermaid(edges: tuple[Edge, ...]) -> str:
    """A graph as a Mermaid state diagram: one line an edge, in the order of the table."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    lines += [f"    {edge.source} --> {edge.to} : {_spoken(edge)}" for edge in edges]
    reached = {edge.to for edge in edges}
    lines += [f"    {end} --> [*]" for end in sorted(ENDS & reached)]
    return "\n".join(lines)


def _shared() -> dict[str, tuple[Edge, ...]]:
    """Each graph once, under the names of all kinds that have it."""
    return {
        ", ".join(kind for kind, its in GRAPHS.items() if its == edges): edges
        for edges in GRAPHS.values()
    }


def _part(kinds: str, edges: tuple[Edge, ...]) -> list[str]:
    needed = NEEDED.get(kinds.partition(",")[0], 1)
    said = "One officer approves." if needed == 1 else f"{needed} different officers approve."
    return [f"## {kinds}", "", said, "", "```mermaid", mermaid(edges), "```", ""]


def _events() -> list[str]:
    edges = (edge for its in GRAPHS.values() for edge in its)
    reasons = {True: "has to be given", False: ""}
    rows = [f"| `{it.event}` | {it.who} | {reasons[it.reason]} |" for it in edges]
    head = ["## Events", "", "| Event | Raised by | Reason |", "| --- | --- | --- |"]
    return [*head, *dict.fromkeys(rows), ""]


def _spoken(edge: Edge) -> str:
    """A colon would end the label of a Mermaid arrow."""
    return edge.event.replace(":", " ") + (" (reason)" if edge.reason else "")
