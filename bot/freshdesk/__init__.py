"""Freshdesk, and every one of its oddities.

Lives here: the only HTTP that leaves for Freshdesk, the shapes of its JSON, its errors in our two words
(temporary, permanent), and the reading of its webhook deliveries. May not live here: any decision about a
ticket, anything about Redis. The engine calls it through the protocol in `api`; the web room uses `event`.
"""
