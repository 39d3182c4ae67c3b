"""Staff and their sessions."""

from msgspec.structs import replace

from storage.base import Session, Staff, Store
from tests.storage.rows import KEEP

AN = Staff("an.nguyen", "agent", "active", 10.0, "$argon2id$", b"a private secret", 7)
BINH = Staff("binh.tran", "admin", "invited", 11.0, invite=b"i" * 32, invite_until=90.0)


async def save(store: Store, *rows: Staff) -> None:
    async with store.unit(now=1) as unit:
        await unit.save_staff(rows)


async def sign_in(store: Store, *rows: Session) -> None:
    async with store.unit(now=1) as unit:
        await unit.begin_sessions(rows)


def session(mark: bytes = b"m" * 32, name: str = AN.name, at: float = 20.0) -> Session:
    return Session(mark, name, at, at)


class StaffContract:
    """People, their one-time secrets and who is signed in."""

    async def test_people(self, store: Store) -> None:
        """They come back as they were saved, by name, and the newest save counts."""
        await save(store, BINH, AN)
        assert await store.all_staff() == [AN, BINH]
        changed = replace(AN, state="disabled", step=8, totp=b"another secret")
        await save(store, changed)
        async with store.unit(now=1) as unit:
            assert await unit.staff([AN.name, "nobody"]) == {AN.name: changed}
            assert await unit.staff([]) == {}
            await unit.save_staff([])

    async def test_one_time_secrets(self, store: Store) -> None:
        """Whoever was invited is found by the secret's hash, as long as it is kept."""
        await save(store, BINH, AN)
        assert await store.invited(BINH.invite) == BINH
        assert await store.invited(b"") is None
        await save(store, replace(BINH, invite=b""))
        assert await store.invited(BINH.invite) is None

    async def test_sessions(self, store: Store) -> None:
        """A session tells whose it is, until it ends; what has ended does not come back."""
        mine, other, hers = session(), session(b"o" * 32), session(b"h" * 32, BINH.name)
        await save(store, AN, BINH)
        await sign_in(store, mine, other, hers)
        assert await store.signed_in(mine.mark) == (mine, AN)
        async with store.unit(now=1) as unit:
            await unit.renew_sessions([replace(mine, seen_at=50.0), replace(hers, seen_at=1.0)])
        assert await store.signed_in(mine.mark) == (replace(mine, seen_at=50.0), AN)
        assert await store.signed_in(hers.mark) == (hers, BINH)
        known = {mine.mark: (replace(mine, seen_at=50.0), AN)}
        assert await store.all_signed_in(50.0) == known
        assert len(await store.all_signed_in(0.0)) == 3
        async with store.unit(now=1) as unit:
            await unit.end_session(mine.mark)
        assert await store.signed_in(mine.mark) is None
        async with store.unit(now=1) as unit:
            await unit.renew_sessions([mine])
            await unit.end_sessions([AN.name])
            await unit.end_sessions([])
        assert await store.signed_in(mine.mark) is None
        assert await store.signed_in(other.mark) is None
        assert await store.signed_in(hers.mark) == (hers, BINH)

    async def test_old_sessions_go(self, store: Store) -> None:
        """Long after their longest life they are deleted."""
        await save(store, AN)
        await sign_in(store, session())
        assert await store.purge(KEEP, now=20.0 + KEEP.challenges - 1) == 0
        assert await store.purge(KEEP, now=20.0 + KEEP.challenges + 1) == 1
        assert await store.signed_in(session().mark) is None

    async def test_an_old_copy_signs_nobody_in(self, store: Store) -> None:
        """What is laid to rest holds no session and no secret to enrol with."""
        await save(store, AN, BINH)
        await sign_in(store, session())
        assert await store.lay_to_rest(now=30.0) == 2
        assert await store.signed_in(session().mark) is None
        assert await store.invited(BINH.invite) is None
        assert await store.lay_to_rest(now=31.0) == 0

    async def test_resealed(self, store: Store) -> None:
        """Secrets of codes are walked when seals are made anew; here they are fresh."""
        await save(store, AN)
        assert await store.reseal() == 0
        assert await store.all_staff() == [AN]
