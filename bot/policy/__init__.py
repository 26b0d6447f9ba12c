"""The business: which level, which dates, which words, which steps. Pure.

Lives here: the rule language and its loader, the calendar and the clocks, escalation, replies, notes and the
planner that composes them. May not live here: a clock, the network, Redis, logging; only the loader reads
files. The same arguments give the same answer, so every decision can be replayed.
"""
