"""Invite somebody to install VssID: official stores only, and a text to forward."""

from flows.telling import tell

flow = tell("invite_install", order=24, command="moicai", more=("text", "check"))
