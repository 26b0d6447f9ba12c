"""The contact endpoints: list, read, create, update, delete, restore, complete a name."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, request

from bot.simulator import render
from bot.simulator.clock import parse_moment
from bot.simulator.errors import invalid, not_found, problem, refuse_if, unknown_field
from bot.simulator.exchange import answer, done, here, listed, sent
from bot.simulator.field_checks import Kinds, type_problems
from bot.simulator.people import add_contact
from bot.simulator.records import Contact, Json
from bot.simulator.seed import ContactSeed

routes = Blueprint("contacts", __name__, url_prefix="/api/v2/contacts")

KINDS: Kinds = {
    "name": "str",
    "email": "email",
    "phone": "str?",
    "mobile": "str?",
    "unique_external_id": "str?",
    "company_id": "int?",
    "description": "str?",
    "job_title": "str?",
    "language": "str",
    "time_zone": "str",
    "tags": "list",
    "other_emails": "list",
    "custom_fields": "dict",
    "view_all_tickets": "bool",
}
_WAYS_TO_REACH = ("email", "phone", "mobile", "unique_external_id")
_EXACT = ("email", "phone", "mobile", "unique_external_id")
_ARGS = {*_EXACT, "company_id", "state", "_updated_since", "page", "per_page"}


@routes.get("")
def list_contacts() -> Response:
    """List contacts, narrowed by the query."""
    refuse_if(unknown_field(name) for name in request.args if name not in _ARGS)
    return listed([item for item in here().contacts.values() if _selected(item)], render.contact)


@routes.post("")
def create() -> Response:
    """Create a contact with a way to reach it."""
    body = sent(KINDS)
    refuse_if(_missing(body))
    _check(body, None)
    contact = add_contact(here(), ContactSeed(name=body["name"], email=body.get("email")))
    _assign(contact, body)
    return answer(render.contact(contact), 201)


@routes.get("/<int:contact_id>")
def get(contact_id: int) -> Response:
    """Show one contact."""
    return answer(render.contact(_found(contact_id)))


@routes.put("/<int:contact_id>")
def update(contact_id: int) -> Response:
    """Change the fields sent."""
    contact, body = _found(contact_id), sent(KINDS)
    _check(body, contact)
    _assign(contact, body)
    return answer(render.contact(contact))


@routes.delete("/<int:contact_id>")
def soft_delete(contact_id: int) -> Response:
    """Hide a contact; it can be restored."""
    _found(contact_id).deleted = True
    return done()


@routes.put("/<int:contact_id>/restore")
def restore(contact_id: int) -> Response:
    """Bring a deleted contact back."""
    _found(contact_id).deleted = False
    return done()


@routes.get("/autocomplete")
def autocomplete() -> Response:
    """List the contacts of which a word begins with the term."""
    term = request.args.get("term", "").casefold()
    named = (c for c in here().contacts.values() if not c.deleted)
    hits = [c for c in named if any(word.startswith(term) for word in c.name.casefold().split())]
    return answer([{"id": c.id, "name": c.name} for c in hits if term])


def _selected(contact: Contact) -> bool:
    args = request.args
    if contact.deleted != (args.get("state") == "deleted"):
        return False
    if any(name in args and getattr(contact, name) != args[name] for name in _EXACT):
        return False
    if "company_id" in args and str(contact.company_id) != args["company_id"]:
        return False
    since = args.get("_updated_since")
    return since is None or contact.updated_at.replace(microsecond=0) >= parse_moment(since)


def _missing(body: Json) -> Iterator[Json]:
    if not body.get("name"):
        yield problem("name", "It should be a/an String", "missing_field")
    if not any(body.get(way) for way in _WAYS_TO_REACH):
        yield problem(
            "email", f"One of these should be present: {', '.join(_WAYS_TO_REACH)}", "missing_field"
        )


def _check(body: Json, contact: Contact | None) -> None:
    refuse_if(type_problems(body, KINDS))
    if body.get("company_id") is not None and body["company_id"] not in here().companies:
        raise invalid(problem("company_id", "There is no company matching the given company_id"))
    twin = here().contact_of(body["email"]) if "email" in body else None
    if twin is not None and twin is not contact:
        double = problem("email", "It should be a unique value", "duplicate_value")
        raise invalid(double | {"additional_info": {"user_id": twin.id}}, status=409)


def _assign(contact: Contact, body: Json) -> None:
    for name, value in body.items():
        setattr(contact, name, contact.custom_fields | value if name == "custom_fields" else value)
    contact.updated_at = here().now()


def _found(contact_id: int) -> Contact:
    contact = here().contacts.get(contact_id)
    if contact is None:
        raise not_found()
    return contact
