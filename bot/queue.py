"""Citizens who wait for a person, and officers who attend to them: the queue and its text.

Who has a conversation is part of the conversation itself; the row here lets officers see it.
"""

from typing import assert_never

from msgspec.structs import replace

from bot.desk import Desk
from bot.scene import Scene
from flows.effects import Attend, HandOver, Rate, Say
from storage.base import HandOverRequest


def apply(effect: HandOver | Attend | Rate, scene: Scene) -> None:
    """Carry out one effect on the queue."""
    match effect:
        case HandOver():
            _ask(effect, scene)
        case Attend():
            _attend(effect, scene)
        case Rate():
            scene.ledger.ratings[scene.case.chat] = effect.grade
        case _:
            assert_never(effect)


def _ask(effect: HandOver, scene: Scene) -> None:
    row = _row(scene, effect.reason)
    if row.officer:  # who had it left it so long that the conversation was forgotten
        row = replace(row, officer="", taken_at=None)
    scene.ledger.put_hand_over(row)
    scene.case.holes["queue"] = _place(row, scene)
    scene.act("hand_over", effect.reason)


def _attend(effect: Attend, scene: Scene) -> None:
    row, now = _row(scene, "officer"), scene.now
    if effect.step == "take":
        scene.ledger.put_hand_over(replace(row, officer=effect.officer, taken_at=now))
    if effect.step == "lapse":
        scene.ledger.put_hand_over(replace(row, officer="", taken_at=None))
    if effect.step == "return":
        scene.ledger.put_hand_over(replace(row, ended_at=now))
    scene.act(f"queue_{effect.step}", effect.officer)


def _row(scene: Scene, reason: str) -> HandOverRequest:
    """The chat's open request, or a new one."""
    chat, talk = scene.case.chat, scene.case.talk
    new = HandOverRequest(chat, scene.now, talk.flow, talk.state, reason)
    return scene.ledger.waiting.get(chat, new)


def _place(row: HandOverRequest, scene: Scene) -> str:
    """How many are first, and until when or from when on somebody answers."""
    desk, now, lang = scene.desk, scene.now, scene.lang
    ahead = scene.ledger.ahead.get(row.chat, 0) + scene.ledger.asked_before(row)
    holes = {"place": str(ahead + 1)} | hours(desk, now, lang)
    return scene.text(Say("queue_open" if desk.office.is_open(now) else "queue_closed", holes))


def hours(desk: Desk, now: float, lang: str) -> dict[str, str]:
    """Until when somebody answers today, and from when on again."""
    office = desk.office
    opens = office.opens_next(now)
    day = desk.wording.day(lang, desk.day_of(opens))
    return {
        "closes": desk.clock_time(office.closes_at(now), now),
        "opens": f"{desk.clock_time(opens, opens)} {day}",
    }
