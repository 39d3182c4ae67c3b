"""Rows with everything filled in, for the tests of every store."""

from msgspec.structs import replace

from storage.base import (
    Act,
    Challenge,
    Change,
    Consent,
    Contact,
    Conversation,
    Dossier,
    Edge,
    HandOverRequest,
    Line,
    Link,
    Look,
    Outbound,
    Page,
    Parcel,
    Person,
    Photo,
    Retention,
    Right,
    SavedView,
    Seen,
    Session,
    SetAside,
    Settlement,
    Staff,
    Store,
    Switch,
    Tally,
    Unit,
)
from storage.vault import Key, Vault

ACCOUNT = bytes(range(16))
AUDIT_KEY = b"audit".ljust(32, b".")
HOUR = 3600.0
KEEP = Retention(
    seen=HOUR,
    challenges=HOUR,
    transcript=HOUR,
    outbound=HOUR,
    tallies=HOUR,
    abandoned=HOUR,
    changes=HOUR,
    photos=HOUR,
    dossiers=2 * HOUR,
    asides=HOUR,
    evidence=HOUR,
)
NEW, MAIL = "+84987654321", "New.Canary@Example.vn"
SECRETS = [NEW, MAIL, "a filled form", "a private reason", "a private picture"]
PERSON = Person(
    bhxh_number="0123456789",
    national_id="001099012345",
    full_name="Nguyễn Thị Canary",
    birth_date="1990-02-03",
    phone="+84901234567",
    email="Canary@Example.vn",
    agency="BHXH Quận Một",
    card_until="2031-07-13",
    card_hospital="Bệnh viện Canary",
    contributions="2011-05..2019-08 Công ty Canary",
)


def key(number: int) -> Key:
    return Key(f"{number:08x}", bytes([number]) * 32)


def vault(*numbers: int) -> Vault:
    return Vault([key(number) for number in numbers or (1,)])


def conversation(chat: str = "telegram:1", **changes: object) -> Conversation:
    row = Conversation(chat, 3, 10.5, "vi", "forgot", 1, "CODE", 2, ACCOUNT, b"a kept number")
    return replace(row, **changes)


def challenge(chat: str = "telegram:1", **changes: object) -> Challenge:
    row = Challenge(
        chat=chat,
        run=2,
        slot="proof",
        purpose="password",
        account=ACCOUNT,
        destination=b"d" * 16,
        counter=1,
        sent_at=10.0,
        expires_at=310.0,
        tries=0,
        used_at=None,
        void_at=None,
        decoy=False,
    )
    return replace(row, **changes)


def outbound(ref: str = "ref-1", **changes: object) -> Outbound:
    row = Outbound(ref, "telegram:1", "chat", "telegram:1", b"a bubble", due=10.0, dies_at=900.0)
    return replace(row, **changes)


def page(token_hash: bytes = b"h" * 32, **changes: object) -> Page:
    row = Page(token_hash, "telegram:1", 2, ACCOUNT, "password", 900.0)
    return replace(row, **changes)


def change(ref: str = "change-1", **changes: object) -> Change:
    row = Change(
        ref=ref,
        account=ACCOUNT,
        field="phone",
        before=PERSON.phone,
        after=NEW,
        chat="telegram:1",
        cause="change_phone",
        decided_at=10.0,
        applies_at=20.0,
        applied_at=None,
        undo_until=90.0,
        undo_mark=b"m" * 16,
        ended_at=None,
        ended_as="",
    )
    return replace(row, **changes)


def dossier(ref: str = "dossier-1", **changes: object) -> Dossier:
    row = Dossier(
        ref=ref,
        kind="reissue_card",
        account=ACCOUNT,
        chat="telegram:1",
        lang="vi",
        state="submitted",
        version=1,
        is_open=True,
        opened_at=10.0,
        due_at=900.5,
        paused_at=None,
        form=b"a filled form",
    )
    return replace(row, **changes)


def edge(ref: str = "dossier-1", version: int = 1, **changes: object) -> Edge:
    row = Edge(ref, version, 10.0, "draft", "submitted", "citizen", "a private reason")
    return replace(row, **changes)


def photo(ref: str = "photo-1", **changes: object) -> Photo:
    return replace(Photo(ref, "telegram:1", 2, "", 10.0, b"a private picture"), **changes)


def line(chat: str = "telegram:1", turn: int = 3, at: float = 10.0) -> Line:
    return Line(chat, turn, at, "CODE", "what was heard", "what was said")


def end(parcel: Parcel, status: str, at: float = 20.0, due: float = 0.0) -> Settlement:
    return Settlement(parcel.id, parcel.fence, parcel.tries, status, at, due, "sender", "receipt")


async def turn(unit: Unit, name: str) -> None:
    """Do in one unit what a turn does: read, write, and read what was written."""
    await unit.first_seen([Seen(name, 1.0)])
    await unit.conversations([name])
    await unit.save_conversations([conversation(name)])
    await unit.add_lines([line(name)])
    await unit.add_acts([Act(1.0, "turn", name)])
    await unit.add_outbound([outbound(f"ref {name}", lane=name)], 1.0)
    await unit.conversations([name])
    await unit.save_challenges([challenge(name)])
    await unit.save_changes([change(name, applied_at=10.0)])
    await unit.save_dossiers([dossier(name, kind=name)])
    await unit.add_edges([edge(name)])


async def everything(unit: Unit) -> None:
    """Write one row of every kind."""
    await turn(unit, "telegram:1")
    await unit.add_tallies([Tally(b"k" * 16, 7, 2)])
    await unit.save_pages([page()])
    await unit.add_links([Link(ACCOUNT, "telegram:1", 10.0)])
    await unit.add_consents([Consent("telegram:1", "chat", granted=True, wording="v1", at=10.0)])
    await unit.save_hand_overs([HandOverRequest("telegram:1", 10.0, "forgot", "CODE", "asked")])
    await unit.add_photos([photo(dossier="telegram:1")])
    await unit.save_staff([Staff("an", "agent", "active", 10.0, totp=b"a private seed")])
    await unit.begin_sessions([Session(b"m" * 32, "an", 10.0, 10.0)])
    await unit.save_switches([Switch("surge", "", "Bảo trì", "", 0.0, "an", 10.0)])
    await unit.add_looks([Look("telegram:1", "an", 3, 10.0)])
    await unit.save_views([SavedView("an", "Telegram", "channel=telegram", 10.0)])
    await unit.save_rights([Right("r", "export", "telegram:1", ACCOUNT, "vi", 10.0, 20.0, 30.0)])
    await unit.set_aside([SetAside("odd", "telegram:1", 10.0, "ValueError", b"a payload")])


async def requests(unit: Unit, account: bytes) -> None:
    """Change a member's contacts, and write a second request of every kind."""
    await unit.set_contacts([Contact(account, "phone", NEW), Contact(account, "email", MAIL)])
    await unit.save_changes([change(account=account, applied_at=10.0)])
    await unit.save_dossiers([dossier(account=account)])
    await unit.add_edges([edge()])
    await unit.add_photos([photo("photo-2", dossier="dossier-1")])


async def all_requests(store: Store) -> int:
    """Open everything that is sealed about requests; how many rows."""
    refs = ["telegram:1", "dossier-1"]
    found = len(await store.list_dossiers(states=["submitted"], limit=9))
    async with store.unit(now=1) as unit:
        found += len(await unit.changes(["telegram:1", "change-1"]))
        return found + len(await unit.edges(refs)) + len(await unit.photos_in(refs))


async def claim(store: Store, *, now: float, limit: int = 9) -> list[Parcel]:
    return await store.claim("me", ["chat"], now=now, lease=30, limit=limit)
