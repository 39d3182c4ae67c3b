"""The registry file: CSV <-> members, a line at a time, however long the file is.

`table.py` cuts a file into records, `fields.py` reads one record, `numbers.py` remembers which
account numbers came before, `load.py` and `dump.py` carry members into and out of a store.

Nothing here says a personal value: a problem names its line, its column and what right looks like.
"""

from bot.registry.dump import dump
from bot.registry.load import Chunk, load, people
from bot.registry.problem import BadFile, Problem

__all__ = ["BadFile", "Chunk", "Problem", "dump", "load", "people"]
