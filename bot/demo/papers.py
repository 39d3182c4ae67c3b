"""The PDFs that were sent into the demo's chats, for the page to open; in memory only.

A paper is found by the reference of its letter, which nobody can guess, and only with the
session it was sent to.
"""

from dataclasses import dataclass

MOST = 64  # receipts of some 50 kB each


@dataclass(frozen=True, slots=True)
class Paper:
    """One PDF and what the file is called."""

    name: str
    pdf: bytes


class Papers:
    """What was sent, by session and reference."""

    def __init__(self) -> None:
        self._lying: dict[tuple[str, str], Paper] = {}

    def lay(self, session: str, ref: str, paper: Paper) -> None:
        """Keep a paper; the oldest makes room. A repeat replaces it."""
        self._lying[session, ref] = paper
        for oldest in list(self._lying)[:-MOST]:
            del self._lying[oldest]

    def find(self, session: str, ref: str) -> Paper | None:
        """The paper, if it was sent to this session and still lies here."""
        return self._lying.get((session, ref))

    def clear(self) -> None:
        """Forget everything."""
        self._lying.clear()
