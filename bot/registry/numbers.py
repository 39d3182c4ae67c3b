"""Which account numbers came before: eight bytes each, where a set of ints takes eighty.

A hash table with open addressing; it grows and never forgets.
"""

from array import array

_SMALLEST = 1 << 12
_SPREAD = 0x9E3779B97F4A7C15  # odd, near 2**64 / golden ratio: neighbours land far apart


class Numbers:
    """A set of positive integers below 2**63."""

    def __init__(self) -> None:
        self._slots = _empty(_SMALLEST)
        self._n = 0

    def add(self, number: int) -> bool:
        """Remember a number; whether it is new."""
        slot = self._slot(number)
        if self._slots[slot]:
            return False
        self._slots[slot] = number + 1  # 0 marks a free slot
        self._n += 1
        if self._n * 2 > len(self._slots):
            self._grow()
        return True

    def _slot(self, number: int) -> int:
        slots, last = self._slots, len(self._slots) - 1
        slot = (number * _SPREAD >> 20) & last
        while slots[slot] not in (0, number + 1):
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        former, self._slots = self._slots, _empty(len(self._slots) * 2)
        for kept in former:
            if kept:
                self._slots[self._slot(kept - 1)] = kept


def _empty(size: int) -> "array[int]":
    return array("Q", bytes(8 * size))
