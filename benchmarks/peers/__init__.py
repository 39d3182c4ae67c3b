"""Peers: the same dialogue as somebody would write it with another tool.

Each is written in the way its own documentation teaches, and stubbed only at the network.
"""
