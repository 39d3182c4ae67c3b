"""Names of a list in a text: each with its place, the longest first, whole words only.

It knows no list; whether what it finds is an answer is decided elsewhere.
"""

import re
from collections.abc import Iterator, Mapping


def pattern(names: Mapping[str, str]) -> re.Pattern[str]:
    """What finds any of these folded names as whole words."""
    longest = sorted(names, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b")


def named(
    folded: str, names: Mapping[str, str], find: re.Pattern[str], *, unless: re.Pattern[str]
) -> Iterator[str]:
    """What a folded text names, in its order; `unless` is what may stand right before no name."""
    for found in find.finditer(folded):
        if not unless.search(folded[: found.start()]):
            yield names[found[0]]
