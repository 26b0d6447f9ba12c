"""Does python-freshdesk, as it comes, work against a simulator? Usage: library_check.py URL"""

from __future__ import annotations

import sys
from typing import Any

from freshdesk.v2.api import API
from steps import run_steps

URL = sys.argv[1]
api: Any = API("demo.freshdesk.com", "sim-key")
api._api_prefix = f"{URL}/api/v2/"


def tickets() -> None:
    made = api.tickets.create_ticket(
        "Hola", description="<b>x</b>", email="ana@cliente.example", tags=["vip"]
    )
    assert api.tickets.update_ticket(made.id, priority=4).priority == "urgent"
    assert [one.id for one in api.tickets.filter_tickets("priority:4")] == [made.id]
    assert made.id in {one.id for one in api.tickets.list_tickets(filter_name=None)}
    api.tickets.delete_ticket(made.id)


def messages() -> None:
    made = api.tickets.create_ticket("Hola", description="x", email="ana@cliente.example")
    note, reply = api.comments.create_note(made.id, "nota"), api.comments.create_reply(made.id, "respuesta")
    assert [one.id for one in api.comments.list_comments(made.id)] == [note.id, reply.id]


def people() -> None:
    contact = api.contacts.create_contact(name="Rosa", email="rosa@cliente.example")
    assert [one.id for one in api.contacts.list_contacts(email="rosa@cliente.example")] == [contact.id]
    company = api.companies.create_company(name="Andina SAC")
    assert api.companies.get_company(company.id).name == "Andina SAC"
    assert len(api.agents.list_agents()) == 3
    assert len(api.groups.list_groups()) == 2
    assert api.roles.list_roles()


def solutions() -> None:
    category = api._post("solutions/categories", data='{"name": "Guías"}')
    assert [one.id for one in api.solutions.categories.list_categories()] == [category["id"]]
    folder = api._post(f"solutions/categories/{category['id']}/folders", data='{"name": "CRM"}')
    assert [one.id for one in api.solutions.folders.list_from_category(category["id"])] == [folder["id"]]
    article = api._post(f"solutions/folders/{folder['id']}/articles", data='{"title": "Ingresar"}')
    assert [one.id for one in api.solutions.articles.list_from_folder(folder["id"])] == [article["id"]]


sys.exit(
    bool(run_steps({"tickets": tickets, "messages": messages, "people": people, "solutions": solutions}))
)
