"""Registrations: who is told of one, and the account that an officer's approval opens.

It opens only what nobody has: a number, a citizen ID or a contact that belongs to an account
already is refused, so that no registration ever changes an account (decision 0017 does that).
"""

from collections.abc import Iterator, Mapping

from bot.notifier.parcel import ChatBody
from bot.requests import Form, read_form
from bot.scene import Scene
from storage.base import Dossier, Member, Person

OWN, CHILD = "register", "register_child"
# What is told when one is handed in, by its kind.
SUBMITTED = {OWN: "registration_submitted", CHILD: "child_registration_submitted"}
APPROVED = "account_approved"
TAKEN = "dossier.taken"


def identifiers(dossier: Dossier) -> Iterator[str]:
    """The numbers that must be nobody's before an account is opened for them."""
    if dossier.kind in SUBMITTED:
        person = person_of(read_form(dossier.form).answers)
        yield from filter(None, (person.bhxh_number, person.national_id))


def contacts(dossier: Dossier) -> Iterator[str]:
    """The contact that is registered."""
    if dossier.kind in SUBMITTED:
        yield read_form(dossier.form).answers["reach"]


def person_of(answers: Mapping[str, str]) -> Person:
    """Whoever is registered, as the registry writes people down."""
    reach, child = answers["reach"], "child_number" in answers
    born = answers["child_birth" if child else "birth_date"]
    return Person(
        bhxh_number=answers["child_number" if child else "account"],
        national_id=answers.get("national_id", ""),
        full_name=answers["child_name" if child else "full_name"],
        birth_date="-".join(reversed(born.split("/"))),
        phone="" if "@" in reach else reach,
        email=reach if "@" in reach else "",
        agency=answers["office"],
    )


def addressee(dossier: Dossier, form: Form, member: Member | None) -> Person | None:
    """Whose addresses hear of a request: the account's, or those that are to be registered."""
    if member is None and dossier.kind == OWN:
        return person_of(form.answers)
    return member.person if member else None


def is_taken(dossier: Dossier, scene: Scene) -> bool:
    """Whether its number or its contact has come to belong to somebody else."""
    known = scene.ledger.members.keys()
    mine = {dossier.account} if dossier.kind == CHILD else set()  # a parent's own contact will do
    held = (scene.ledger.holders.get(contact, frozenset()) for contact in contacts(dossier))
    return not known.isdisjoint(identifiers(dossier)) or any(who - mine for who in held)


def open_account(dossier: Dossier, form: Form, scene: Scene) -> None:
    """Write the new account into the registry, and tell everybody that it is there."""
    person = person_of(form.answers)
    account = scene.desk.account_index(person.bhxh_number)
    scene.ledger.open_member(Member(account, person))
    scene.ledger.hold(form.answers["reach"], account)
    scene.about = account
    scene.act("account_opened", dossier.ref)


def tell_approved(dossier: Dossier, form: Form, scene: Scene, until: float) -> None:
    """The word on a new account: into the chat, and to the contact that was registered."""
    person = person_of(form.answers)
    holes = scene.post.filled({"tail": person.bhxh_number[-4:]})
    text = scene.desk.wording.text("", scene.lang, f"chat.{APPROVED}", holes)
    scene.post.bubble(dossier.chat, ChatBody(text), until)
    scene.post.notice(APPROVED, person, ())
