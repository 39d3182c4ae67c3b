"""What a text shows to the classifier: words, pairs of words, pieces of words, whole short texts.

Nothing here is weighed; the weights are learned.
"""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from bot.understanding.clauses import kept
from bot.understanding.spelling import BREAK, Said

WHOLE = 5  # so many words are short enough to be looked at as a whole
PIECE = 4


def features(said: Said) -> set[str]:
    """Every feature of a text, each once."""
    words = kept(said.words)
    bare = [word for word in words if word != BREAK]
    found = set(_of_words(words, bare))
    typed = [word for word in said.typed if word[0].isalpha()]
    # Of what is denied the marks must not speak either.
    if words == said.words:
        found.update(f"={word}" for word in typed if not word.isascii())
    if 0 < len(bare) <= WHOLE:
        found.add(f"^{' '.join(bare)}")
        found.add(f"n{len(bare)}")
        found.add(f"~{unicodedata.normalize('NFC', ' '.join(typed))}")
    return found


def _of_words(words: tuple[str, ...], bare: list[str]) -> Iterator[str]:
    for word in bare:
        yield word
        padded = f"<{word}>"
        if len(word) > PIECE:
            yield from (f"#{padded[at : at + PIECE]}" for at in range(len(padded) - PIECE + 1))
    for first, second in pairwise(words):
        yield f"{first} {second}"
    for first, second in zip(bare, bare[2:], strict=False):
        yield f"{first} * {second}"
    yield f"{bare[0] if bare else ''} |"
