"""A stand-in Freshdesk: the API v2 and its webhooks, held in memory and served on loopback.

Lives here: one account's tickets, people and settings; the endpoints with Freshdesk's checks, limits and
error shapes; automations that send webhooks; faults on request; the `/_sim` control routes.
May not live here: anything of the bot's policy or of its client, and any import of another room, so that
the two sides agree only through HTTP. Called by `bot.cli`, the demo and the tests.
"""
