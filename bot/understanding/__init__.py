"""What a citizen means: free text -> one of the known intents, with how sure that is.

Pure and fast; the weights are read once, when first asked. Nothing here acts: below the threshold
it says that the two best should be offered, and the caller decides what the text was an answer to.
"""

from bot.understanding.meaning import Understood, understand
from bot.understanding.model import loaded as load
from bot.understanding.slots import INVALID, KINDS, read_slot

__all__ = ["INVALID", "KINDS", "Understood", "load", "read_slot", "understand"]
