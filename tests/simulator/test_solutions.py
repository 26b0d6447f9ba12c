"""The knowledge base and the ratings of tickets: what other people's clients ask for besides tickets."""

from __future__ import annotations

import pytest

from .client import Client

ARTICLE = {"title": "Ingresar", "description": "x", "type": 1, "status": 2}


def made(desk: Client, path: str, body: object) -> int:
    answer = desk.post(f"solutions/{path}", body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


@pytest.fixture
def tree(desk: Client) -> tuple[int, int, int]:
    """Give a category with a folder with an article."""
    category = made(desk, "categories", {"name": "Guías"})
    folder = made(desk, f"categories/{category}/folders", {"name": "CRM", "visibility": 1})
    return category, folder, made(desk, f"folders/{folder}/articles", ARTICLE)


def test_each_lists_what_it_holds(desk: Client, tree: tuple[int, int, int]) -> None:
    category, folder, article = tree
    for path, held in (
        ("categories", category),
        (f"categories/{category}/folders", folder),
        (f"folders/{folder}/articles", article),
    ):
        assert [one["id"] for one in desk.get(f"solutions/{path}").json()] == [held]
    assert desk.get(f"solutions/articles/{article}").json()["folder_id"] == folder


def test_what_is_changed_stays_changed(desk: Client, tree: tuple[int, int, int]) -> None:
    assert desk.put(f"solutions/articles/{tree[2]}", {"title": "Otra"}).json()["title"] == "Otra"
    now = desk.get(f"solutions/articles/{tree[2]}").json()
    assert {name: now[name] for name in ARTICLE} == ARTICLE | {"title": "Otra"}


def test_a_category_takes_all_it_holds_along(desk: Client, tree: tuple[int, int, int]) -> None:
    assert desk.send("DELETE", f"solutions/categories/{tree[0]}").status_code == 204
    for kind, number in zip(("categories", "folders", "articles"), tree, strict=True):
        assert desk.get(f"solutions/{kind}/{number}").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("categories", {}, 400, "missing_field"),
        ("categories", {"name": 7}, 400, "datatype_mismatch"),
        ("categories", {"nombre": "x"}, 400, "invalid_field"),
        ("categories/77/folders", {"name": "x"}, 404, None),
        ("categories/77/articles", ARTICLE, 404, None),
    ],
)
def test_refusals(desk: Client, path: str, body: object, status: int, code: str | None) -> None:
    answer = desk.post(f"solutions/{path}", body)
    assert answer.status_code == status
    assert code is None or answer.json()["errors"][0]["code"] == code


def test_a_rating_belongs_to_its_ticket(desk: Client) -> None:
    first, second = desk.create()["id"], desk.create()["id"]
    path = f"tickets/{first}/satisfaction_ratings"
    entered = desk.post(path, {"ratings": {"default_question": 103}, "feedback": "Bien"})
    assert entered.status_code == 201
    assert desk.get(path).json() == [entered.json()]
    assert entered.json()["ratings"] == {"default_question": 103}
    assert desk.get(f"tickets/{second}/satisfaction_ratings").json() == []
    assert desk.post(path, {"ratings": {}}).status_code == 400
    assert desk.get("tickets/77/satisfaction_ratings").status_code == 404
