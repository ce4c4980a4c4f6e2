"""Strict stand-ins of servers that are not ours: they check what they are sent, keep state, and
misbehave on command.
"""
