"""What one open transaction can read and write. `base.py` says what holds for all of it."""

from collections.abc import Sequence
from typing import Protocol

from storage.inbox import InboxUnit
from storage.operations import OperationsUnit
from storage.people import Member, Person
from storage.requests import Change, Contact, Dossier, Edge, Photo, Standing
from storage.rights import RightsUnit
from storage.rows import (
    Act,
    Challenge,
    Consent,
    Conversation,
    HandOverRequest,
    Line,
    Link,
    Outbound,
    Page,
    Password,
    Seen,
    SetAside,
    Tally,
)
from storage.staff import StaffUnit


class Unit(StaffUnit, InboxUnit, RightsUnit, OperationsUnit, Protocol):
    """The batch methods of one open transaction."""

    async def conversations(self, chats: Sequence[str]) -> dict[str, Conversation]:
        """The conversations of these chats, by chat; a chat never seen is absent."""

    async def first_seen(self, marks: Sequence[Seen]) -> set[str]:
        """Mark these updates as handled; the keys that had not been seen before."""

    async def challenges(
        self, keys: Sequence[tuple[str, int, str]]
    ) -> dict[tuple[str, int, str], Challenge]:
        """The challenges under these (chat, run, slot)."""

    async def members(self, identifiers: Sequence[str]) -> dict[str, Member]:
        """The members with these BHXH (10 digits) or personal (12 digits) numbers."""

    async def tallies(self, keys: Sequence[bytes]) -> list[Tally]:
        """All slices of these limit keys."""

    async def pages(self, token_hashes: Sequence[bytes]) -> dict[bytes, Page]:
        """The one-time pages under these token hashes."""

    async def links(self, accounts: Sequence[bytes]) -> list[Link]:
        """The chats that have proved these accounts."""

    async def save_conversations(self, rows: Sequence[Conversation]) -> None:
        """Insert or replace."""

    async def save_challenges(self, rows: Sequence[Challenge]) -> None:
        """Insert or replace. `used_at` and `void_at`, once set, stay; `tries` never falls."""

    async def void_challenges(self, accounts: Sequence[bytes], at: float) -> None:
        """Void every unused challenge of these accounts, whichever chat asked for it.

        Their unused pages go with them and count as used; those saved later in the unit stay.
        """

    async def add_tallies(self, rows: Sequence[Tally]) -> None:
        """Add n to each slice."""

    async def clear_tallies(self, keys: Sequence[bytes]) -> None:
        """Forget these keys (a streak of failures that ended)."""

    async def save_pages(self, rows: Sequence[Page]) -> None:
        """Insert or replace. `used_at`, once set, stays."""

    async def set_passwords(self, rows: Sequence[Password]) -> None:
        """Replace the password of these members."""

    async def add_links(self, rows: Sequence[Link]) -> None:
        """Remember; an existing link is renewed."""

    async def add_consents(self, rows: Sequence[Consent]) -> None:
        """Append."""

    async def add_lines(self, rows: Sequence[Line]) -> None:
        """Append to transcripts."""

    async def hand_overs(self, chats: Sequence[str]) -> dict[str, HandOverRequest]:
        """The request of each chat that has not ended; a chat has one at the most."""

    async def ahead(self, places: Sequence[tuple[float, str]]) -> dict[str, int]:
        """Of each (time, chat), how many wait for a person longer and nobody has taken yet.

        By chat. It locks nothing, so it tells how things stood a moment ago.
        """

    async def save_hand_overs(self, rows: Sequence[HandOverRequest]) -> None:
        """Add those without a number; of the others replace officer, time of taking and end.

        A chat has one open request: look at `hand_overs` before.
        """

    async def rate_hand_overs(self, ratings: Sequence[tuple[str, str]]) -> None:
        """Chat and grade: of each chat's newest request that an officer ended, once."""

    async def add_acts(self, rows: Sequence[Act]) -> None:
        """Append to the audit chain, in this order, without a gap."""

    async def add_outbound(self, rows: Sequence[Outbound], at: float) -> None:
        """Queue for sending, in this order within a lane."""

    async def set_aside(self, rows: Sequence[SetAside]) -> None:
        """Keep what could not be handled."""

    # --- contacts, and who may use an account ----------------------------------------

    async def members_of(self, accounts: Sequence[bytes]) -> dict[bytes, Member]:
        """The members with these blind indexes; excludes other units as `members` does."""

    async def holders(self, contacts: Sequence[str]) -> dict[str, frozenset[bytes]]:
        """Which accounts have this phone or (with "@") this e-mail; nobody's are absent.

        Names no account: what a unit that runs beside this one changes is not seen; but whoever
        gives such a contact to somebody then meets a `Conflict` (`set_contacts`).
        """

    async def changes(self, refs: Sequence[str]) -> dict[str, Change]:
        """The changes of a contact under these references."""

    async def changes_of(self, accounts: Sequence[bytes], since: float) -> list[Change]:
        """All that were decided for these accounts since then, however they ended."""

    async def changes_marked(self, marks: Sequence[bytes]) -> dict[bytes, Change]:
        """The changes that these undo codes belong to; of two, the newest that still stands."""

    async def save_changes(self, rows: Sequence[Change]) -> None:
        """Insert or replace. `applied_at`, `ended_at` and `ended_as`, once set, stay."""

    async def open_members(self, people: Sequence[Person]) -> None:
        """Give these people accounts; look with `members` and `holders` first.

        `Conflict` when one of their numbers has an account, or somebody else has come to hold one
        of their contacts since `holders` looked.
        """

    async def set_contacts(self, rows: Sequence[Contact]) -> None:
        """Give these members another phone or e-mail; one that nobody has is passed over.

        `Conflict` when another unit has given it to somebody since `holders` looked here.
        """

    async def set_standings(self, rows: Sequence[Standing]) -> None:
        """Give these members another state."""

    # --- dossiers ----------------------------------------------------------------------

    async def dossiers(self, refs: Sequence[str]) -> dict[str, Dossier]:
        """The dossiers under these references."""

    async def dossiers_of(self, accounts: Sequence[bytes]) -> list[Dossier]:
        """Of each account the open ones and the ten newest, the newest first."""

    async def dossiers_from(self, chats: Sequence[str]) -> list[Dossier]:
        """The ten newest of each chat, the newest first."""

    async def save_dossiers(self, rows: Sequence[Dossier]) -> None:
        """Insert version 1, or replace a version by the next one, in this order.

        `Conflict` when another version is stored, and when an account would have two open ones
        of a kind.
        """

    async def add_edges(self, rows: Sequence[Edge]) -> None:
        """Append to histories of dossiers; `Conflict` when there is such a step already."""

    async def edges(self, refs: Sequence[str]) -> list[Edge]:
        """All steps of these dossiers, each one's in their order."""

    async def add_photos(self, rows: Sequence[Photo]) -> None:
        """Keep these pictures; one that is there already stays as it is."""

    async def photos(self, chat_runs: Sequence[tuple[str, int]]) -> list[Photo]:
        """The pictures sent in these runs, the oldest first."""

    async def give_photos(self, chat: str, run: int, dossier: str) -> None:
        """Hand the pictures of a run in with a dossier, except those handed in before."""

    async def photos_in(self, dossiers: Sequence[str]) -> list[Photo]:
        """The pictures handed in with these dossiers, the oldest first."""
