"""Learns the weights from the lines beside: `python -m bot.understanding.learning`.

Some minutes of plain Python, the same result each time. Nothing here runs while the bot does.
"""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from typing import NamedTuple

from bot.understanding import growing
from bot.understanding.features import features
from bot.understanding.model import FILE, Weights, softmax, write
from bot.understanding.spelling import BREAK, Said, said
from flows.checks import fold

MOST = 6  # sentences grown from a line, each in three manners
EPOCHS = 10
RATE, DECAY = 2.0, 1e-6
RARE = 3  # a feature seen less often is left out
FOLDS = 3


_SIGNS = re.compile(r"[()|<>]")


class Example(NamedTuple):
    """One sentence as its features, and the number of its intent."""

    features: tuple[str, ...]
    intent: int
    fold: int


Rows = dict[str, list[float]]


def learn(file: Path = FILE) -> None:
    """Learn from all lines, calibrate on thirds that were left out, keep the weights."""
    lines = growing.lines()
    intents = tuple(sorted({line.intent for line in lines}))
    texts = {lang: written(lines, lang) for lang in ("vi", "en")}
    # What is not among these words may be a slip of a keyboard.
    known = {word for text in texts["vi"] + texts["en"] for word in text.words} - {BREAK}
    examples = list(_examples(lines, intents, known))
    jobs = [[e for e in examples if e.fold != fold] for fold in range(FOLDS)]
    with ProcessPoolExecutor(2) as pool:
        fitted = list(pool.map(fit, [examples, *jobs], [len(intents)] * (FOLDS + 1)))
    unseen = [(_scores(fitted[example.fold + 1], example), example.intent) for example in examples]
    rows, bias = fitted[0]
    scale = max(abs(weight) for row in rows.values() for weight in row) / 127
    weights = Weights(
        made_of=made_of(),
        intents=intents,
        bias=tuple(bias),
        scale=scale,
        heat=_heat(unseen),
        known=tuple(sorted(known)),
        english=_more_in(texts["en"], texts["vi"]),
        vietnamese=_more_in(texts["vi"], texts["en"]),
        rows={name: _packed(row, scale) for name, row in rows.items()},
    )
    write(weights, file)


def made_of() -> str:
    """A mark that changes with whatever the weights depend on."""
    here = Path(__file__).parent
    names = ("features", "clauses", "spelling", "growing", "learning")
    files = [*growing.LINES.glob("*.txt"), *here.glob("*.toml")]
    files += [here / f"{name}.py" for name in names]
    mark = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        mark.update(file.read_bytes())
    return mark.hexdigest()


def written(lines: Iterable[growing.Line], lang: str) -> list[Said]:
    """Whatever stands in the lines of a language, with all alternatives."""
    texts = [_SIGNS.sub(" , ", line.text) for line in lines if line.lang == lang]
    texts += [text for group in growing.words()["dress"][lang].values() for text in group]
    if lang == "vi":
        texts += [text for group in growing.words()["groups"].values() for text in group]
    return [said(text) for text in texts]


def _more_in(texts: list[Said], others: list[Said]) -> tuple[str, ...]:
    """The words of a language, without those that only visit it."""
    here, there = (
        Counter(fold(word) for text in side for word in text.typed) for side in (texts, others)
    )
    return tuple(sorted(word for word in here if word and 3 * here[word] >= there[word]))


def _examples(
    lines: Iterable[growing.Line], intents: Sequence[str], known: set[str]
) -> Iterable[Example]:
    for number, line in enumerate(lines):
        for text in growing.grown(line, MOST):
            shown = tuple(sorted(features(said(text, known))))
            yield Example(shown, intents.index(line.intent), number % FOLDS)


def fit(examples: list[Example], intents: int) -> tuple[Rows, list[float]]:
    """Weights and bias by stochastic gradient descent; every intent counts the same."""
    seen = Counter(name for example in examples for name in example.features)
    rows: Rows = {name: [0.0] * intents for name, n in seen.items() if n >= RARE}
    bias = [0.0] * intents
    sizes = Counter(example.intent for example in examples)
    even = {i: min(2.0, math.sqrt(len(examples) / intents / n)) for i, n in sizes.items()}
    chance = Random(1)  # noqa: S311 - shuffles, guards nothing
    order = list(examples)
    for epoch in range(EPOCHS):
        chance.shuffle(order)
        rate = RATE * (1 - epoch / EPOCHS)
        for example in order:
            _step(rows, bias, example, rate * even[example.intent])
        for row in rows.values():
            row[:] = [weight * (1 - DECAY * len(order)) for weight in row]
    return rows, bias


def _step(rows: Rows, bias: list[float], example: Example, rate: float) -> None:
    found = [row for name in example.features if (row := rows.get(name))]
    share = 1 / math.sqrt(len(example.features))
    chances = softmax(_added(found, bias, share))
    for intent, chance in enumerate(chances):
        error = chance - (intent == example.intent)
        if abs(error) > 0.003:
            change = rate * error * share
            bias[intent] -= 0.05 * rate * error
            for row in found:
                row[intent] -= change


def _added(found: list[list[float]], bias: list[float], share: float) -> list[float]:
    totals = [sum(column) for column in zip(*found, strict=True)] or [0.0] * len(bias)
    return [total * share + least for total, least in zip(totals, bias, strict=True)]


def _scores(fitted: tuple[Rows, list[float]], example: Example) -> list[float]:
    rows, bias = fitted
    found = [row for name in example.features if (row := rows.get(name))]
    return _added(found, bias, 1 / math.sqrt(len(example.features)))


def _heat(unseen: list[tuple[list[float], int]]) -> float:
    """The temperature at which sentences that were not learned are least surprising."""
    heats = [0.4 + 0.1 * step for step in range(20)]

    def surprise(heat: float) -> float:
        return -sum(
            math.log(max(softmax([score / heat for score in scores])[intent], 1e-9))
            for scores, intent in unseen
        )

    return min(heats, key=surprise)


def _packed(row: list[float], scale: float) -> bytes:
    return bytes(128 + round(weight / scale) for weight in row)


if __name__ == "__main__":
    learn()
