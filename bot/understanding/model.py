"""The classifier at work: features in, a probability for every intent out.

Multinomial logistic regression with weights of one byte, learned by `learning` beforehand. A row
of weights is one large integer with a lane for every intent: adding rows is adding integers.
"""

import math
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

FILE = Path(__file__).parent / "weights.bin"
LANE: Final = 4  # bytes: sums of thousands of rows stay inside
ZERO: Final = 128


class Weights(msgspec.Struct, frozen=True):
    """What was learned. `scale`: what one step of a byte weighs; `heat`: calibrates."""

    made_of: str
    intents: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float
    heat: float
    known: tuple[str, ...]
    english: tuple[str, ...]
    vietnamese: tuple[str, ...]
    rows: Mapping[str, bytes]


class Model:
    """Weights made ready to be added."""

    def __init__(self, weights: Weights) -> None:
        """Spread the rows into lanes."""
        self.intents = weights.intents
        self.known = frozenset(weights.known)
        self.english = frozenset(weights.english)
        self.vietnamese = frozenset(weights.vietnamese)
        self._bias = weights.bias
        self._scale = weights.scale / weights.heat
        self._heat = weights.heat
        self._rows = {name: _lanes(row) for name, row in weights.rows.items()}

    def probabilities(self, features: Iterable[str]) -> list[float]:
        """How likely each of `intents` is, in their order."""
        names = list(features)
        found = [row for name in names if (row := self._rows.get(name)) is not None]
        lanes = memoryview(sum(found).to_bytes(LANE * len(self.intents), "little")).cast("I")
        share = self._scale / math.sqrt(max(len(names), 1))
        less = ZERO * len(found)
        return softmax(
            [
                (total - less) * share + bias / self._heat
                for total, bias in zip(lanes, self._bias, strict=True)
            ]
        )


def softmax(scores: list[float]) -> list[float]:
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


@cache
def loaded() -> Model:
    """The model of the file beside, read once."""
    return Model(read(FILE))


def read(file: Path) -> Weights:
    """The weights of a file."""
    return msgspec.msgpack.decode(zlib.decompress(file.read_bytes()), type=Weights)


def write(weights: Weights, file: Path) -> None:
    """Keep the weights in a file."""
    file.write_bytes(zlib.compress(msgspec.msgpack.encode(weights), 9))


def _lanes(row: bytes) -> int:
    spread = bytearray(LANE * len(row))
    spread[::LANE] = row
    return int.from_bytes(spread, "little")
