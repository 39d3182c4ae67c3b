"""The program's event loop: uvloop (decision 0014), asyncio's own on Windows."""

import sys

if sys.platform == "win32":
    from asyncio import new_event_loop as new_loop
else:
    from uvloop import new_event_loop as new_loop

__all__ = ["new_loop"]
