"""What the registry holds of a proved account, said in the chat and kept nowhere else.

The transcript and the audit chain say that it was shown, not what.
"""

from datetime import date

from bot.scene import Scene
from flows.effects import Say, ShowRecord
from storage.base import Person

RECORD = "record."  # every text about one; the transcript leaves them out
LATEST = 3
MONTHS = 12


def show(effect: ShowRecord, scene: Scene) -> None:
    """One record as a part of the bubble; it is said, too, that there is none."""
    member = scene.ledger.members.get(effect.account)
    person = member.person if member else Person("")
    scene.says.append(_SAYS[effect.record](person, scene))
    scene.act("record_shown", effect.record)


def _card(person: Person, scene: Scene) -> Say:
    if not person.card_until:
        return Say("record.card_none")
    until = date.fromisoformat(person.card_until)
    over = until < scene.desk.day_of(scene.now)
    holes = {"card_until": f"{until:%d/%m/%Y}", "hospital": person.card_hospital or "…"}
    return Say("record.card_over" if over else "record.card", holes)


def _history(person: Person, scene: Scene) -> Say:  # noqa: ARG001 - one shape for all
    periods = [each.partition(" ") for each in person.contributions.split("; ") if each]
    if not periods:
        return Say("record.history_none")
    # Two employers at once are not twice the time.
    months = {month for span, _, _ in periods for month in _months(span)}
    latest = "\n".join(_line(span, where) for span, _, where in reversed(periods[-LATEST:]))
    years, rest = divmod(len(months), MONTHS)
    return Say("record.history", {"years": str(years), "months": str(rest), "periods": latest})


def _months(span: str) -> range:
    first, last = (int(each[:4]) * MONTHS + int(each[5:7]) for each in span.split(".."))
    return range(first, last + 1)


def _line(span: str, where: str) -> str:
    shown = f"{span[5:7]}/{span[:4]}-{span[14:16]}/{span[9:13]}"
    return f"- {shown} {where}".rstrip()


def _agency(person: Person, scene: Scene) -> Say:  # noqa: ARG001 - one shape for all
    return Say("record.agency", {"agency": person.agency}) if person.agency else Say(NO_AGENCY)


NO_AGENCY = "record.agency_none"
_SAYS = {"card": _card, "history": _history, "agency": _agency}
