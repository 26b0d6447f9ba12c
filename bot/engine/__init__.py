"""Gather, decide, act: how one ticket is brought to what the policy wants.

Lives here: the reconcile loop and its executor, the clock that hands due tickets to the queue, the sweep
that finds what webhooks lost, the quarantine of what cannot be done. May not live here: a decision (policy),
a shape of Freshdesk's JSON, a Redis command.
The jobs, the command line and the pages call it with a `Context`.
"""
