"""From a text to its intent: the main ask, the next best, what else is asked, and for whom.

Confident and wrong is worse than a question back, most of all where something would begin or end.
"""

import re
import tomllib
from functools import cache
from typing import NamedTuple

from bot.understanding.clauses import asks_why, denied, elsewhere, kept, parts, suspects, turns
from bot.understanding.features import features
from bot.understanding.model import Model, loaded
from bot.understanding.spelling import BREAK, HERE, VALUES, Said, said
from flows.checks import fold, visible

# Said in a procedure or beside it; they steer, and are never an ask of their own.
CONTROLS = frozenset({"cancel", "back", "yes", "no", "talk_to_human", "otp_not_received"})
CODE_WORDS = frozenset({"ma", "otp", "code", "tin", "sms", "email"})
STEERS = frozenset({"cancel", "back", "yes", "no"})
COURTESY = frozenset({"greeting", "thanks_bye"})
BEGINS = frozenset(
    {
        "forgot_password",
        "add_email",
        "change_phone",
        "lost_phone",
        "reissue_book",
        "reissue_card",
        "transfer_pension",
        "change_payment",
        "register_account",
        "cancel_account",
    }
)
NOTHING, DOUBT = "out_of_scope", "scam_check"
# Below these it is better to ask; measured by `python -m benchmarks understanding`.
SURE_TO_ACT, SURE_TO_TELL = 0.75, 0.55
PART_SURE = 0.8
BRIEF = 5  # words; of so few none may be strange where the chat would be steered
PLAINLY = 0.95
FEWEST_KNOWN = 0.4  # of its words; whoever says nothing we know is not understood


class Understood(NamedTuple):
    """`asks`: not sure enough, so offer `intent` and `runner_up`. `also`: further asks in it."""

    intent: str
    runner_up: str
    confidence: float
    asks: bool
    also: tuple[str, ...] = ()
    for_other: bool = False
    lang: str = "vi"


class _Guess(NamedTuple):
    intent: str
    runner_up: str
    confidence: float


def understand(text: str) -> Understood:
    """What `text` means; the same text always means the same."""
    model = loaded()
    heard = said(text, model.known)
    words = [word for word in heard.words if word != BREAK]
    if not any(word.isalpha() and word not in VALUES for word in words):
        return Understood(NOTHING, "talk_to_human", 0.0, asks=True)
    whole = _guess(model, heard)
    if whole.intent in STEERS and _known(model, words) < FEWEST_KNOWN:
        return Understood(NOTHING, "talk_to_human", 0.0, asks=True)
    asked = _asked(model, heard, whole) if len(words) > 5 else []
    best = asked[0] if asked else whole
    also = tuple(guess.intent for guess in asked[1:])
    runner_up = also[0] if also else best.runner_up
    first, other = best.intent, _other_matter(best, heard)
    if other == DOUBT:  # before anything that somebody else may have told them to do
        first, other = DOUBT, best.intent
    return Understood(
        first,
        other or runner_up,
        round(best.confidence, 3),
        asks=bool(other)
        or _doubtful(model, best, words)
        or (bool(also) and turns(heard.words))
        or _is_denied(model, best, heard),
        also=also,
        for_other=_for_other(text),
        lang=_lang(model, heard),
    )


def _guess(model: Model, heard: Said) -> _Guess:
    chances = model.probabilities(features(heard))
    first, second = sorted(range(len(chances)), key=lambda at: -chances[at])[:2]
    return _Guess(model.intents[first], model.intents[second], chances[first])


def _asked(model: Model, heard: Said, whole: _Guess) -> list[_Guess]:
    """The asks of a text, in its order, if there are several and the whole is one of them."""
    pieces = parts(kept(heard.words))
    if len(pieces) < 2:
        return []
    found: dict[str, _Guess] = {}
    for piece in pieces:
        guess = _guess(model, Said(piece, ()))
        if guess.confidence >= PART_SURE and _is_ask(guess.intent, piece):
            found.setdefault(guess.intent, guess)
    if len(found) < 2 or whole.intent not in found:
        return []
    asked = list(found.values())
    # The first is the main one, unless the whole text speaks for another alone.
    if asked[0].intent not in (whole.intent, whole.runner_up):
        asked.sort(key=lambda guess: guess.intent != whole.intent)
    return asked


def _is_ask(intent: str, words: tuple[str, ...]) -> bool:
    # "chưa thấy gì" alone may be said of anything that is waited for.
    vague = intent == "otp_not_received" and not CODE_WORDS.intersection(words)
    return not vague and intent not in COURTESY | STEERS | {NOTHING}


def _is_denied(model: Model, best: _Guess, heard: Said) -> bool:
    """Whether the text seems to ask for the very thing that it says not to be so."""
    words = denied(heard.words)
    return bool(words) and _guess(model, Said(words, ())).intent == best.intent


def _other_matter(best: _Guess, heard: Said) -> str:
    """What the text may be about instead of what it begins: fraud, another service, a reason."""
    if best.intent not in BEGINS | {"otp_not_received"}:
        return ""
    if suspects(heard.words):
        return DOUBT
    if elsewhere(heard):
        return NOTHING
    return best.runner_up if asks_why(heard.words) else ""


def _known(model: Model, words: list[str]) -> float:
    """Which part of the words is known."""
    return sum(word in model.known for word in words) / len(words)


def _doubtful(model: Model, best: _Guess, words: list[str]) -> bool:
    known = _known(model, words)
    if best.intent == NOTHING:
        return best.confidence < SURE_TO_TELL and known > FEWEST_KNOWN
    if best.intent in STEERS and known < 1 and len(words) <= BRIEF and best.confidence < PLAINLY:
        return True
    acts = best.intent in BEGINS or best.intent in CONTROLS
    return best.confidence < (SURE_TO_ACT if acts else SURE_TO_TELL) or known < FEWEST_KNOWN


def _for_other(text: str) -> bool:
    typed, folded = _kin()
    return bool(typed.search(visible(text).lower()) or folded.search(fold(text)))


@cache
def _kin() -> tuple[re.Pattern[str], re.Pattern[str]]:
    read = tomllib.loads((HERE / "kin.toml").read_text("utf-8"))
    return re.compile("|".join(read["typed"])), re.compile("|".join(read["folded"]))


def _lang(model: Model, heard: Said) -> str:
    marked = sum(not word.isascii() for word in heard.typed)
    words = [fold(word) for word in heard.typed if word[0].isalpha()]
    english = sum(word in model.english for word in words)
    other = marked + sum(word in model.vietnamese for word in words)
    # Telex left as typed is neither; so half of the words must be English ones.
    return "en" if english > other and 2 * english >= len(words) else "vi"
