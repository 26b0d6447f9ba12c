"""Who writes to the help desk? Contacts and companies found by mail address, or made on first sight."""

from __future__ import annotations

from bot.simulator.records import Company, Contact
from bot.simulator.seed import CompanySeed, ContactSeed
from bot.simulator.state import State


def requester(state: State, email: str, name: str | None = None, company: str | None = None) -> Contact:
    """Return the contact with a mail address, made with its company if new; a named company is made too."""
    found = state.contact_of(email)
    if found is None:
        label = name or email.split("@")[0].replace(".", " ").title()
        found = add_contact(state, ContactSeed(name=label, email=email, company=company))
    elif company is not None:
        found.company_id = company_named(state, company).id
    return found


def add_contact(state: State, seed: ContactSeed) -> Contact:
    """Create a contact; without a named company, the mail domain decides."""
    now = state.now()
    company = company_named(state, seed.company) if seed.company else company_of_domain(state, seed.email)
    contact = Contact(
        id=seed.id or state.next_id(),
        name=seed.name,
        created_at=now,
        updated_at=now,
        email=seed.email,
        phone=seed.phone,
        mobile=seed.mobile,
        company_id=company.id if company else None,
    )
    state.contacts[contact.id] = contact
    return contact


def company_named(state: State, name: str) -> Company:
    """Return the company of a name, made if new."""
    return state.company_named(name) or add_company(state, CompanySeed(name=name))


def add_company(state: State, seed: CompanySeed) -> Company:
    """Create a company; custom fields not given are null."""
    now = state.now()
    given = seed.model_dump(exclude={"id", "custom_fields", "domains"})
    custom = {field.name: None for field in state.seed.company_fields} | seed.custom_fields
    company = Company(
        id=seed.id or state.next_id(),
        created_at=now,
        updated_at=now,
        domains=list(seed.domains),
        custom_fields=custom,
        **given,
    )
    state.companies[company.id] = company
    return company


def company_of_domain(state: State, email: str | None) -> Company | None:
    """Return the company that owns the domain of a mail address."""
    domain = (email or "").rpartition("@")[2].casefold()
    owners = (c for c in state.companies.values() if domain in (item.casefold() for item in c.domains))
    return next(owners, None)
