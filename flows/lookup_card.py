"""See until when the health insurance card is valid, and where treatment begins."""

from flows.looking_up import look_up

flow = look_up("lookup_card", order=20, command="thebhyt", record="card")
