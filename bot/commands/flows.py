"""`vssid-bot flows`: the procedures there are, and their diagrams."""

from pathlib import Path

from cyclopts import App

import flows
from bot.commands.opening import say
from flows.drawing import document

app = App(name="flows", help="The procedures: list them, draw them.")


@app.command(name="list")
def list_() -> None:
    """Name, version and states of every procedure."""
    for flow in flows.discover().values():
        states = ", ".join(state.value for state in flow.states)
        say(f"{flow.name} v{flow.version}: {states}")


@app.command
def draw(folder: Path | None = None) -> None:
    """Write one Mermaid document per procedure into FOLDER, or print them."""
    for flow in flows.discover().values():
        if folder is None:
            say(document(flow))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{flow.name}.md").write_text(document(flow), "utf-8")
