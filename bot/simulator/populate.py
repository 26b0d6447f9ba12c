"""How does a seed become an account's people and tickets? Also used for tickets that customers open later."""

from __future__ import annotations

from bot.simulator import desk
from bot.simulator.markup import from_text
from bot.simulator.people import add_company, add_contact, requester
from bot.simulator.records import Actor, Conversation, Json, Ticket
from bot.simulator.seed import ReplySeed, TicketSeed
from bot.simulator.state import State

_NOT_OF_TICKET = {"text", "email", "name", "company", "created_at", "updated_at", "fire", "replies"}


def populate(state: State) -> None:
    """Create everything the state's seed names; its tickets fire no webhooks."""
    for company in state.seed.companies:
        add_company(state, company)
    for contact in state.seed.contacts:
        add_contact(state, contact)
    for ticket in state.seed.tickets:
        open_as_customer(state, ticket.model_copy(update={"fire": False}))


def open_as_customer(state: State, seed: TicketSeed) -> Ticket:
    """Open a ticket as its requester would, with the messages that followed."""
    contact = requester(state, seed.email, seed.name, seed.company)
    given = seed.model_dump(exclude=_NOT_OF_TICKET, exclude_unset=True)
    fields: Json = {"source": seed.source, "company_id": contact.company_id, **given}
    fields |= {"subject": seed.subject, "description": _html(seed.description, seed.text)}
    fields |= {"tags": list(seed.tags), "cc_emails": list(seed.cc_emails)}
    by = Actor("requester", contact.id)
    ticket = desk.open_ticket(state, fields, contact.id, by, at=seed.created_at, fire=seed.fire)
    for reply in seed.replies:
        write(state, ticket, reply, fire=False)
    ticket.updated_at = seed.updated_at or ticket.updated_at
    return ticket


def write(state: State, ticket: Ticket, reply: ReplySeed, *, fire: bool = True) -> Conversation:
    """Write on a ticket as its customer (or another mail address), or as an agent."""
    fields: Json = {"body": _html(reply.body, reply.text), "private": reply.private}
    if reply.by == "customer":
        author = requester(state, reply.email).id if reply.email else ticket.requester_id
        fields |= {
            "user_id": author,
            "incoming": True,
            "source": 0,
            "from_email": state.contacts[author].email,
        }
        by = Actor("requester", author)
    else:
        author = reply.agent_id or next(iter(state.agents))
        fields |= {"user_id": author, "incoming": False, "source": 2 if reply.private else 0}
        fields["from_email"] = None if reply.private else state.seed.support_email
        by = Actor("agent", author)
    return desk.add_conversation(state, ticket, fields, by, at=reply.at, fire=fire)


def _html(markup: str | None, text: str | None) -> str:
    return from_text(text) if text is not None else markup or ""
