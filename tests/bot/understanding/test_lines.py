"""The written lines, how they grow, and that what measures them was not learned."""

import re
from collections import Counter
from pathlib import Path

from bot.understanding.growing import LINES as WRITTEN
from bot.understanding.growing import grown, keyed, lines
from bot.understanding.learning import MOST
from bot.understanding.model import loaded
from bot.understanding.spelling import said

MEASURED = Path(__file__).parents[3] / "benchmarks" / "understanding.tsv"


def test_every_intent_has_many_sentences() -> None:
    """At least sixty different sentences are learned for each intent."""
    sentences = {line.intent: set[str]() for line in lines()}
    for line in lines():
        sentences[line.intent].update(grown(line, MOST))
    assert min(len(of) for of in sentences.values()) >= 60
    assert set(sentences) == set(loaded().intents) == {file.stem for file in WRITTEN.glob("*")}


def test_lines_grow_the_same_each_time() -> None:
    """The same line gives the same sentences; so the same weights."""
    line = lines()[0]
    assert grown(line, 3) == grown(line, 3)


def test_no_alternative_is_left_open() -> None:
    """Every bracket and every <name> in a line is filled in."""
    grew = [text for line in lines() for text in grown(line, 1)[:1]]
    left = [text for text in grew if re.search(r"\||<(?!/?script)\w+>", text)]
    assert not left


def test_what_is_measured_was_not_learned() -> None:
    """No line of the benchmark is among the sentences that were learned."""
    learned = {text.lower() for line in lines() for text in grown(line, MOST)}
    measured = Counter(row.split("\t")[2].lower() for row in _rows(MEASURED))
    both = [text for text in measured if text in learned and len(text.split()) > 3]
    assert not both
    assert max(measured.values()) == 1


def test_keys_of_telex_and_vni_are_read_back() -> None:
    """A word is known by its keys when the keyboard was set otherwise."""
    known = loaded().known
    for word in ("quên", "mật", "khẩu", "đổi", "điện", "thoại", "được", "bảo", "hiểm"):
        plain = said(word).words
        assert said(keyed(word, telex=True), known).words == plain, word
        assert said(keyed(word, telex=False), known).words == plain, word


def _rows(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()
