"""See for how long contributions were paid, and the latest periods."""

from flows.looking_up import look_up

flow = look_up("lookup_history", order=21, command="quatrinh", record="history")
