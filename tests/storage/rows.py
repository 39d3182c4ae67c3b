"""Rows with everything filled in, for the tests of every store."""

from msgspec.structs import replace

from storage.base import (
    Act,
    Challenge,
    Consent,
    Conversation,
    HandOverRequest,
    Line,
    Link,
    Outbound,
    Page,
    Parcel,
    Person,
    Retention,
    Seen,
    SetAside,
    Settlement,
    Store,
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
)
PERSON = Person(
    bhxh_number="0123456789",
    national_id="001099012345",
    full_name="Nguyễn Thị Canary",
    birth_date="1990-02-03",
    phone="+84901234567",
    email="Canary@Example.vn",
    agency="BHXH Quận Một",
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


async def everything(unit: Unit) -> None:
    """Write one row of every kind."""
    await turn(unit, "telegram:1")
    await unit.add_tallies([Tally(b"k" * 16, 7, 2)])
    await unit.save_pages([page()])
    await unit.add_links([Link(ACCOUNT, "telegram:1", 10.0)])
    await unit.add_consents([Consent("telegram:1", "chat", granted=True, wording="v1", at=10.0)])
    await unit.add_hand_overs([HandOverRequest("telegram:1", 10.0, "forgot", "CODE", "asked")])
    await unit.set_aside([SetAside("odd", "telegram:1", 10.0, "ValueError", b"a payload")])


async def claim(store: Store, *, now: float, limit: int = 9) -> list[Parcel]:
    return await store.claim("me", ["chat"], now=now, lease=30, limit=limit)
