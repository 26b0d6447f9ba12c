"""The company endpoints: list, read, create, update, delete, complete a name."""

from __future__ import annotations

from flask import Blueprint, Response, request

from bot.simulator import render
from bot.simulator.errors import invalid, not_found, problem, refuse_if
from bot.simulator.exchange import answer, done, here, listed, sent
from bot.simulator.field_checks import Kinds, blank_problems, custom_problems, type_problems
from bot.simulator.people import add_company
from bot.simulator.records import Company, Json
from bot.simulator.seed import CompanySeed

routes = Blueprint("companies", __name__, url_prefix="/api/v2/companies")

KINDS: Kinds = {
    "name": "str",
    "domains": "list",
    "description": "str?",
    "note": "str?",
    "health_score": "str?",
    "account_tier": "str?",
    "renewal_date": "date?",
    "industry": "str?",
    "custom_fields": "dict",
}


@routes.get("")
def list_companies() -> Response:
    """List companies by name."""
    return listed(sorted(here().companies.values(), key=lambda item: item.name), render.company)


@routes.post("")
def create() -> Response:
    """Create a company of a new name."""
    body = sent(KINDS)
    if "name" not in body:
        raise invalid(problem("name", "It should be a/an String", "missing_field"))
    _check(body, None)
    return answer(render.company(add_company(here(), CompanySeed.model_validate(body))), 201)


@routes.get("/<int:company_id>")
def get(company_id: int) -> Response:
    """Show one company."""
    return answer(render.company(_found(company_id)))


@routes.put("/<int:company_id>")
def update(company_id: int) -> Response:
    """Change the fields sent."""
    company, body = _found(company_id), sent(KINDS)
    _check(body, company)
    assign(company, body)
    company.updated_at = here().now()
    return answer(render.company(company))


@routes.delete("/<int:company_id>")
def delete(company_id: int) -> Response:
    """Delete a company; its people stay."""
    _found(company_id)
    del here().companies[company_id]
    return done()


@routes.get("/autocomplete")
def autocomplete() -> Response:
    """List the companies of which a word begins with the name."""
    term = request.args.get("name", "").casefold()
    hits = [
        c for c in here().companies.values() if any(w.startswith(term) for w in c.name.casefold().split())
    ]
    return answer({"companies": [{"id": c.id, "name": c.name} for c in hits if term]})


def assign(company: Company, fields: Json) -> None:
    """Set fields; custom fields merge by name."""
    for name, value in fields.items():
        setattr(company, name, company.custom_fields | value if name == "custom_fields" else value)


def _check(body: Json, company: Company | None) -> None:
    refuse_if([*type_problems(body, KINDS), *blank_problems(body, ("name",))])
    refuse_if(custom_problems(body.get("custom_fields", {}), here().seed.company_fields))
    twin = here().company_named(body["name"]) if "name" in body else None
    if twin is not None and twin is not company:
        raise invalid(problem("name", "It should be a unique value", "duplicate_value"), status=409)


def _found(company_id: int) -> Company:
    company = here().companies.get(company_id)
    if company is None:
        raise not_found()
    return company
