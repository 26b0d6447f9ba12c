"""The knowledge base: categories hold folders, folders hold articles; list, read, create, update, delete."""

from __future__ import annotations

from flask import Blueprint, Response

from bot.simulator.clock import stamp
from bot.simulator.errors import invalid, not_found, problem, refuse_if
from bot.simulator.exchange import answer, done, here, listed, me, sent
from bot.simulator.field_checks import Kinds, type_problems
from bot.simulator.records import Json

routes = Blueprint("solutions", __name__, url_prefix="/api/v2/solutions")

KINDS: dict[str, Kinds] = {
    "categories": {"name": "str", "description": "str?", "visible_in_portals": "list"},
    "folders": {"name": "str", "description": "str?", "visibility": "int"},
    "articles": {
        "title": "str",
        "description": "str?",
        "type": "int",
        "status": "int",
        "tags": "list",
        "seo_data": "dict",
    },
}
PARENT = {"folders": "categories", "articles": "folders"}
ANY = "<any(categories, folders, articles):kind>"


@routes.get("/categories")
def list_categories() -> Response:
    """List the categories."""
    return listed(list(here().solutions["categories"].values()), dict)


@routes.post("/categories")
def create_category() -> Response:
    """Create a category."""
    return _created("categories", {})


@routes.get(f"/{ANY}/<int:number>")
def get(kind: str, number: int) -> Response:
    """Show one category, folder or article."""
    return answer(_found(kind, number))


@routes.put(f"/{ANY}/<int:number>")
def update(kind: str, number: int) -> Response:
    """Change the fields sent."""
    record, body = _found(kind, number), sent(KINDS[kind])
    refuse_if(type_problems(body, KINDS[kind]))
    record.update(body, updated_at=stamp(here().now()))
    return answer(record)


@routes.delete(f"/{ANY}/<int:number>")
def delete(kind: str, number: int) -> Response:
    """Delete one, and what it holds."""
    _found(kind, number)
    _drop(kind, number)
    return done()


@routes.get("/<any(categories, folders):parent>/<int:number>/<any(folders, articles):kind>")
def list_children(parent: str, number: int, kind: str) -> Response:
    """List the folders of a category, or the articles of a folder."""
    return listed(_children(_checked(parent, kind), number, kind), dict)


@routes.post("/<any(categories, folders):parent>/<int:number>/<any(folders, articles):kind>")
def create_child(parent: str, number: int, kind: str) -> Response:
    """Create a folder in a category, or an article in a folder."""
    _found(_checked(parent, kind), number)
    author = {"agent_id": me().id} if kind == "articles" else {}
    return _created(kind, {_link(parent): number} | author)


def _created(kind: str, more: Json) -> Response:
    body, first = sent(KINDS[kind]), next(iter(KINDS[kind]))
    refuse_if(type_problems(body, KINDS[kind]))
    if not body.get(first):
        raise invalid(problem(first, "It should be a/an String", "missing_field"))
    now = stamp(here().now())
    record = {"id": here().next_id(), **body, **more, "created_at": now, "updated_at": now}
    here().solutions[kind][record["id"]] = record
    return answer(record, 201)


def _checked(parent: str, kind: str) -> str:
    if PARENT[kind] != parent:
        raise not_found()
    return parent


def _children(parent: str, number: int, kind: str) -> list[Json]:
    _found(parent, number)
    return [record for record in here().solutions[kind].values() if record[_link(parent)] == number]


def _drop(kind: str, number: int) -> None:
    for child, parent in PARENT.items():
        if parent == kind:
            for record in _children(kind, number, child):
                _drop(child, record["id"])
    del here().solutions[kind][number]


def _link(parent: str) -> str:
    return {"categories": "category_id", "folders": "folder_id"}[parent]


def _found(kind: str, number: int) -> Json:
    record = here().solutions[kind].get(number)
    if record is None:
        raise not_found()
    return record
