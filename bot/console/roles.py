"""Who may do what at the console: a table of rights, and the roles that have them.

Nobody has a right that is not written here; whoever runs the machines (admin) reads no
conversation and decides no request, and whoever checks (auditor) changes nothing.
"""

from typing import Literal, get_args

Role = Literal["viewer", "agent", "supervisor", "admin", "auditor"]
Right = Literal[
    "anyone", "self", "look", "attend", "decide", "reveal", "operate", "measure", "staff", "audit"
]
ROLES: tuple[Role, ...] = get_args(Role)

# anyone: without signing in. self: one's own account. look: conversations and requests, masked.
# attend: take conversations and write. decide: requests. reveal: a personal datum, with a reason.
# operate: deliveries, switches, guides. measure: figures. staff: people and roles. audit: the log.
HOLDERS: dict[Right, frozenset[str]] = {
    "anyone": frozenset(ROLES),
    "self": frozenset(ROLES),
    "look": frozenset({"viewer", "agent", "supervisor"}),
    "attend": frozenset({"agent", "supervisor"}),
    "decide": frozenset({"agent", "supervisor"}),
    "reveal": frozenset({"agent", "supervisor"}),
    "operate": frozenset({"supervisor", "admin"}),
    "measure": frozenset({"viewer", "supervisor", "admin", "auditor"}),
    "staff": frozenset({"admin"}),
    "audit": frozenset({"auditor", "admin"}),
}


def may(role: str, right: Right) -> bool:
    """Whether this role has this right."""
    return role in HOLDERS[right]
