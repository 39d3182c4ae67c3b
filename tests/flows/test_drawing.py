"""The pages in docs/flows are the procedures as they are, and say when one was changed."""

import re
from pathlib import Path

import pytest

from flows.drawing import document, fingerprint
from flows.machine import Flow
from tests.play import procedures

PAGES = Path(__file__).parents[2] / "docs" / "flows"
REFRESH = "run `vssid-bot flows draw docs/flows` and commit what it wrote"
HEAD = re.compile(r"Version (\d+), fingerprint `([0-9a-f]{8})`")


@pytest.mark.parametrize("flow", procedures().values(), ids=procedures())
def test_a_changed_table_has_a_new_version(flow: Flow) -> None:
    """Chats in the middle of a table that was changed under them must be told."""
    page = PAGES / f"{flow.name}.md"
    drawn = HEAD.search(page.read_text("utf-8")) if page.exists() else None
    if drawn and drawn[2] != fingerprint(flow):
        assert int(drawn[1]) < flow.version, (
            f"flows/{flow.name}.py was changed: give it version={int(drawn[1]) + 1}, so that"
            f" running conversations begin again instead of getting lost; then {REFRESH}"
        )


@pytest.mark.parametrize("flow", procedures().values(), ids=procedures())
def test_the_page_is_current(flow: Flow) -> None:
    """What stands in docs/flows was drawn from the table that runs."""
    page = PAGES / f"{flow.name}.md"
    assert page.exists(), f"{page.name} is missing: {REFRESH}"
    assert page.read_text("utf-8") == document(flow), f"{page.name} is old: {REFRESH}"


def test_no_page_without_a_procedure() -> None:
    """A page of a procedure that is gone misleads."""
    strays = {page.stem for page in PAGES.glob("*.md")} - set(procedures())
    assert not strays, f"docs/flows: remove {strays}"
