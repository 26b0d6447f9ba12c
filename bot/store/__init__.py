"""Redis, and what the product keeps there.

Lives here: the connection, the wake-ups (when to look at a ticket), the ledger (what was done, once), the
journal (why), the rulebook (which rules hold), the heartbeats and the sessions of the ops pages. May not
live here: any decision, anything about Freshdesk. Truth about a ticket is on the ticket; all of this may be
emptied at any moment and one sweep brings it back. No text of a ticket, no name and no mail address is ever
stored.
"""
