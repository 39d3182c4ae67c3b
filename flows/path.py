"""What requests share on their way to a summary: questions in order, and photos.

A question is asked only while its answer is missing, so whoever mends one line of the summary
comes straight back to it. It refuses to know what is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from msgspec.structs import replace

from flows import common
from flows.checks import Got, Reader, Refused
from flows.effects import KeepPhoto
from flows.model import OK, PHOTO, file, tap
from flows.table import Ask, Do, Draft, Move, Turn, say

MOST_PHOTOS = 4
# Why a photo is not kept, in the words of whoever looks at it (`bot/photos.py`).
REFUSALS = (
    "animated",
    "broken",
    "empty",
    "failed",
    "not_a_picture",
    "too_big",
    "too_many_pixels",
    "too_small",
)

Fits = Callable[[Draft], bool]


def always(_draft: Draft) -> bool:
    """It belongs to every path."""
    return True


def holds(name: str, *values: str) -> Fits:
    """An answer is one of these."""
    return lambda draft: getattr(draft, name) in values


def both(one: Fits, other: Fits) -> Fits:
    """Both hold."""
    return lambda draft: one(draft) and other(draft)


def put(name: str, value: str) -> Do:
    """An action that keeps this value in a field of the draft."""
    return Do(lambda turn: turn.remember(name, value))


def as_kept(turn: Turn) -> Draft:
    """The answers as they stand in the draft."""
    return turn.draft


@dataclass(frozen=True, slots=True)
class Stop:
    """One question of a path.

    keeps: the fields of the draft of which one holds its answer; with none it has none to keep.
    fits: whether these answers need it at all. returns: whether "back" leads here.
    """

    at: StrEnum
    keeps: tuple[str, ...] = ()
    fits: Fits = always
    returns: bool = True

    def needed(self, draft: Draft) -> bool:
        """It fits, and has no answer yet."""
        return self.fits(draft) and not any(getattr(draft, name) for name in self.keeps)


@dataclass(frozen=True, slots=True)
class Path:
    """Questions in their order, and the state behind the last one.

    seen: the answers as guards must see them, with what this very event has brought.
    """

    stops: tuple[Stop, ...]
    then: StrEnum
    seen: Callable[[Turn], Draft] = as_kept

    def onward(
        self, at: StrEnum, on: str, *do: Do, behind: StrEnum | None = None
    ) -> tuple[Move, ...]:
        """The rows of an answer: to the next question that is needed, or past the last one.

        behind: the question it belongs to, if `at` is none itself.
        """
        where = [stop.at for stop in self.stops].index(behind or at) + 1
        rows = (Move(at, on, stop.at, do, self._if(stop.needed)) for stop in self.stops[where:])
        return (*rows, Move(at, on, self.then, do))

    def typed(self, at: StrEnum, *do: Do) -> tuple[Move, ...]:
        """The rows of a typed answer; the earlier one can be kept."""
        rows = self.onward(at, OK, *do)
        return (*common.keep(at, rows), *rows)

    def chosen(self, at: StrEnum, *options: str) -> tuple[Move, ...]:
        """The rows of an answer that is one of these buttons."""
        return tuple(row for option in options for row in self.onward(at, tap(option)))

    def back(self) -> tuple[Move, ...]:
        """The rows of going back: each question to the one before it that fits."""
        ats = (*(stop.at for stop in self.stops), self.then)
        return tuple(row for at in ats for row in self.back_from(at))

    def back_from(self, at: StrEnum, *, behind: StrEnum | None = None) -> tuple[Move, ...]:
        """The same for one state alone; `behind`: the question in whose place it stands."""
        ats = [*(stop.at for stop in self.stops), self.then]
        rows: list[Move] = []
        for stop in reversed(self.stops[: ats.index(behind or at)]):
            if stop.returns and stop.fits is always:
                return (*rows, Move(at, common.BACK, stop.at))
            if stop.returns:
                rows.append(Move(at, common.BACK, stop.at, when=self._if(stop.fits)))
        return tuple(rows)

    def _if(self, fits: Fits) -> Callable[[Turn], bool]:
        def needed(turn: Turn) -> bool:
            return fits(self.seen(turn))

        return needed


# --- photos: the draft has `sent` (asked to be fetched) and `photos` (kept), both numbers ---


def _no_words(_text: str) -> Got | Refused:
    return Refused("error.photo_words")


# Where only a photo is an answer.
no_words = Reader(_no_words, ("error.photo_words",), ())


def photo_moves(at: StrEnum, to: StrEnum | None = None) -> tuple[Move, ...]:
    """The rows of a photo: fetched without a word; what became of it is said when it is known.

    to: where a kept photo leads. `at` asks for text with an `Ask`.
    """
    return (
        Move(at, PHOTO, None, (Do(_forget), say("error.photo_enough")), enough),
        Move(at, PHOTO, None, (Do(_fetch),)),
        *word_moves(at, to),
    )


def word_moves(at: StrEnum, to: StrEnum | None = None) -> tuple[Move, ...]:
    """The rows of the word on a photo that was sent earlier."""
    kept = Do(_count_moving if to else _count, ("photo_kept",))
    return (
        Move(at, file("kept"), to, (kept,)),
        *(Move(at, file(word), None, (_refuse(word),)) for word in REFUSALS),
    )


def enough(turn: Turn) -> bool:
    """As many photos were sent as are kept at the most."""
    return bool(turn.draft.sent >= MOST_PHOTOS)


def on_its_way(turn: Turn) -> bool:
    """A photo was sent of which nothing is known yet."""
    return bool(turn.draft.sent > turn.draft.photos)


def _taken(turn: Turn) -> str:
    """What a photo's event carries: it came in the place of a typed answer, and is none."""
    asked = turn.flow.question(turn.state)
    if not isinstance(asked, Ask):
        return ""
    value: str = getattr(turn.draft, asked.keep)
    turn.remember(asked.keep, "")
    return value


def _fetch(turn: Turn) -> None:
    turn.do(KeepPhoto(_taken(turn)))
    turn.draft = replace(turn.draft, sent=turn.draft.sent + 1)


def _count(turn: Turn) -> None:
    _count_moving(turn)
    turn.say(f"again.{turn.state}")


def _count_moving(turn: Turn) -> None:
    _taken(turn)
    turn.draft = replace(turn.draft, photos=turn.draft.photos + 1)
    turn.say("photo_kept")


def _refuse(word: str) -> Do:
    def refuse(turn: Turn) -> None:
        turn.draft = replace(turn.draft, sent=max(turn.draft.sent - 1, turn.draft.photos))
        turn.say(f"error.photo_{word}")
        turn.say(f"again.{turn.state}")

    return Do(refuse, (f"error.photo_{word}",))


def _forget(turn: Turn) -> None:
    _taken(turn)
