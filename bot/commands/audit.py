"""`vssid-bot audit`: prove that the chain of what was done is whole; anchor its head outside."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot import anchor
from bot.anchor import AnchorError
from bot.commands.opening import FAILED, ConfigFile, leave, opened, say

AnchorFile = Annotated[
    Path | None, Parameter(help="Where anchors are [default: audit.anchors beside the keys].")
]

app = App(name="audit", help="The audit chain: verify it, anchor it.")


@app.command
async def verify(*, anchors: AnchorFile = None, config: ConfigFile = None) -> None:
    """Recompute the whole chain and look for every anchored record in it."""
    async with opened(config) as here:
        length = await here.store.verify_audit()
        _, mac = await here.store.audit_head()
        file = anchors or anchor.path_of(here.settings)
        try:
            found = await anchor.check(file, here.store)
        except FileNotFoundError:
            found = 0
        except AnchorError as error:
            leave(FAILED, str(error))
        say(f"{length} records, without a gap; head {mac.hex() or '(none)'}")
        say(f"{found} anchors found in the chain" if found else f"no anchors in {file}")


@app.command(name="anchor")
async def anchor_(*, anchors: AnchorFile = None, config: ConfigFile = None) -> None:
    """Write down the head of the chain; run it by the clock, onto another machine's disk."""
    async with opened(config) as here:
        seq, mac = await here.store.audit_head()
        if seq:
            file = anchors or anchor.path_of(here.settings)
            anchor.append(file, seq, mac, here.clock.now())
        say(f"record {seq} anchored" if seq else "the chain is empty; nothing to anchor")
