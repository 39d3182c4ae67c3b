"""The audit chain of the ORM peer: each record authenticated together with its past."""

import hmac
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.peers.orm_safe import dumps
from benchmarks.peers.orm_tables import Audit, AuditHead


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain under one key."""

    key: bytes

    async def append(self, session: AsyncSession, act: Audit) -> None:
        """Read the head, put this record behind it, move the head on."""
        head = await session.get(AuditHead, 1)
        if head is None:
            head = AuditHead(one=1, seq=0, mac=b"")
            session.add(head)
        elif not hmac.compare_digest(head.proof, self._proof(head)):
            raise ValueError("the head of the audit chain was altered")
        act.seq = head.seq + 1
        account = act.account.hex() if act.account else None
        fields = dumps((act.seq, act.at, act.kind, act.who, account, act.detail))
        act.mac = hmac.digest(self.key, head.mac + fields, "sha256")
        session.add(act)
        head.seq, head.mac = act.seq, act.mac
        head.proof = self._proof(head)

    def _proof(self, head: AuditHead) -> bytes:
        return hmac.digest(self.key, b"head" + head.seq.to_bytes(8, "big") + head.mac, "sha256")
