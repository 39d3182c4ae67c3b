"""Where the pension adjustment slip stands."""

from flows.telling import tell

flow = tell("pension_slip", order=23, command="phieuluong", more=("app", "paper"))
