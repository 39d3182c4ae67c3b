"""See which social insurance office keeps the account."""

from flows.looking_up import look_up

flow = look_up("my_agency", order=22, command="coquan", record="agency")
