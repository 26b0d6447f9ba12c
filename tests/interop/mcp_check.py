"""Do the tools of freshdesk-mcp work against a simulator? Usage: mcp_check.py URL

The tools are called through its own MCP server; only the scheme is another, for it knows https alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from typing import Any

import httpx

URL = sys.argv[1]
os.environ.update(FRESHDESK_DOMAIN=URL.partition("//")[2], FRESHDESK_API_KEY="sim-key")

from freshdesk_mcp import server  # noqa: E402  it reads the environment when imported
from steps import run_steps  # noqa: E402


class Plain(httpx.AsyncHTTPTransport):
    """Speak http where https was asked for."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http")
        return await super().handle_async_request(request)


Real = httpx.AsyncClient
server.httpx.AsyncClient = lambda **options: Real(transport=Plain(), **options)
logging.disable(logging.CRITICAL)


def call(tool: str, **arguments: Any) -> Any:
    """Call a tool as a model would; a list comes as several texts."""
    contents = asyncio.run(server.mcp.call_tool(tool, arguments))
    found = [_read(one.text) for one in contents]
    for one in found:
        assert not (isinstance(one, dict) and "error" in one), one
    return found[0] if len(found) == 1 else found


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:  # some tools answer with a sentence
        return text


def tickets() -> None:
    hello = {"subject": "Hola", "description": "x", "email": "ana@cliente.example"}
    assert "success" in str(call("create_ticket", source=2, priority=1, status=2, **hello))
    assert call("get_ticket", ticket_id=1)["subject"] == "Hola"
    changed = call("update_ticket", ticket_id=1, ticket_fields={"priority": 4})
    assert changed["ticket"]["priority"] == 4
    assert len(call("get_tickets", page=1, per_page=1)["tickets"]) == 1


def search() -> None:
    assert call("search_tickets", query='"priority:4"')["total"] == 1


def messages() -> None:
    note = call("create_ticket_note", ticket_id=1, body="nota")
    call("create_ticket_reply", ticket_id=1, body="respuesta")
    call("update_ticket_conversation", conversation_id=note["id"], body="otra")
    assert [one["body_text"] for one in call("get_ticket_conversation", ticket_id=1)] == ["otra", "respuesta"]


def people() -> None:
    contact = call("list_contacts")
    assert call("get_contact", contact_id=contact["id"])["email"] == "ana@cliente.example"
    assert call("search_contacts", query="ana")["id"] == contact["id"]
    assert len(call("get_agents")) == 3
    assert len(call("list_groups")) == 2
    assert call("list_companies")["companies"] == []


def fields() -> None:
    assert call("get_ticket_fields")
    assert call("get_field_properties", field_name="status")["name"] == "status"
    assert call("list_company_fields")


def solutions() -> None:
    category = call("create_solution_category", category_fields={"name": "Guías"})
    folder = call(
        "create_solution_category_folder",
        category_id=category["id"],
        folder_fields={"name": "CRM", "visibility": 1},
    )
    article = {"title": "Ingresar", "description": "x", "type": 1, "status": 2}
    made = call("create_solution_article", folder_id=folder["id"], article_fields=article)
    assert call("view_solution_article", article_id=made["id"])["title"] == "Ingresar"
    assert call("list_solution_articles", folder_id=folder["id"])["id"] == made["id"]


def deletion() -> None:
    call("delete_ticket", ticket_id=1)


def summary() -> None:
    call("view_ticket_summary", ticket_id=1)


def canned_responses() -> None:
    call("list_canned_response_folders")


STEPS = (tickets, search, messages, people, fields, solutions, deletion, summary, canned_responses)
sys.exit(bool(run_steps({step.__name__.replace("_", " "): step for step in STEPS})))
