"""Who enters the ops pages under a name, and what does that change?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from flask import Flask, g
from flask.testing import FlaskClient

from bot.cli import main
from bot.engine.context import Context
from bot.settings import Settings
from bot.settings.ops_users import fits, read_users, user_line
from bot.web import create_app
from bot.web.visitor import current_user

from .conftest import PASSWORD, csrf_token

ROSA = "la clave de rosa"


@pytest.fixture(scope="module")
def users() -> dict[str, str]:
    lines = [user_line("rosa.quispe", ROSA), user_line("Iñaki", "otra clave larga")]
    problems: list[str] = []
    found = read_users("\n".join(["# la mesa", "", *lines]), problems)
    assert problems == []
    return found


@pytest.fixture
def named(settings: Settings, context: Context, users: dict[str, str]) -> Flask:
    """Give the application with named people, and a password for programs."""
    return create_app(replace(settings, ops_users=users), context)


def enter(client: FlaskClient, name: str, password: str) -> int:
    form = {"csrf_token": csrf_token(client, "/ops/entrar"), "nombre": name, "clave": password}
    return client.post("/ops/entrar", data=form).status_code


def test_a_person_enters_by_name_and_acts_under_it(named: Flask) -> None:
    client = named.test_client()
    assert enter(client, " rosa.quispe ", ROSA) == 303
    assert "rosa.quispe" in client.get("/ops/").text
    with client:
        client.get("/ops/")
        assert current_user() == "rosa.quispe"


STRANGERS = {
    "wrong password": ("rosa.quispe", "no es esta"),
    "another's password": ("Iñaki", ROSA),
    "unknown name": ("luis", ROSA),
    "no name": ("", ROSA),
    "the shared password": ("", PASSWORD),
    "the hash itself": ("rosa.quispe", "scrypt:32768:8:1$x$y"),
}


@pytest.mark.parametrize(("name", "password"), STRANGERS.values(), ids=STRANGERS.keys())
def test_nobody_else_enters(named: Flask, name: str, password: str) -> None:
    client = named.test_client()
    assert enter(client, name, password) == 401
    assert client.get("/ops/").status_code == 303
    assert enter(client, "rosa.quispe", ROSA) == 429, "and has to wait before trying again"


@pytest.mark.parametrize("change", ["removed", "new password"])
def test_a_session_ends_with_its_person(
    settings: Settings, context: Context, users: dict[str, str], change: str
) -> None:
    before = create_app(replace(settings, ops_users=users), context).test_client()
    assert enter(before, "rosa.quispe", ROSA) == 303
    cookie = before.get_cookie("semaforo_ops", path="/ops")
    assert cookie is not None
    others = {name: digest for name, digest in users.items() if name != "rosa.quispe"}
    if change == "new password":
        others |= read_users(user_line("rosa.quispe", "una clave nueva"), [])
    after = create_app(replace(settings, ops_users=others), context).test_client()
    after.set_cookie("semaforo_ops", cookie.value, path="/ops")
    assert after.get("/ops/").status_code == 303


def test_a_session_without_a_name_ends_when_names_come(
    settings: Settings, context: Context, ops: FlaskClient, named: Flask
) -> None:
    cookie = ops.get_cookie("semaforo_ops", path="/ops")
    assert cookie is not None
    client = named.test_client()
    client.set_cookie("semaforo_ops", cookie.value, path="/ops")
    assert client.get("/ops/").status_code == 303


def test_without_names_people_are_operaciones_and_programs_api(app: Flask, ops: FlaskClient) -> None:
    with ops:
        ops.get("/ops/")
        assert current_user() == "operaciones"
    with app.test_client() as program:
        program.get(
            "/ops/api/tickets/acelera/1",
            headers={"Authorization": f"Bearer {PASSWORD}".encode().decode("latin-1")},
        )
        assert g.by_bearer
        assert current_user() == "api"


def test_the_command_makes_a_line_that_lets_in() -> None:
    made = CliRunner().invoke(main, ["ops-user", "rosa", "--password", ROSA])
    assert made.exit_code == 0, made.output
    users = read_users(made.stdout, [])
    assert fits(users, "rosa", ROSA)
    assert not fits(users, "rosa", ROSA + " ")
    assert ROSA not in made.stdout


BAD_COMMANDS = {
    "short": ("rosa", "corta", "fewer than 12"),
    "name": ("rosa:quispe", ROSA, "at most 40 letters"),
    "nameless": ("Operaciones", ROSA, "nobody may be called"),
}


@pytest.mark.parametrize(("name", "password", "words"), BAD_COMMANDS.values(), ids=BAD_COMMANDS.keys())
def test_the_command_refuses(name: str, password: str, words: str) -> None:
    made = CliRunner().invoke(main, ["ops-user", name, "--password", password])
    assert made.exit_code == 1
    assert words in made.output


def test_every_bad_line_is_named_and_no_hash(users: dict[str, str]) -> None:
    good = f"rosa:{users['rosa.quispe']}"
    problems: list[str] = []
    read_users(
        f"{good}\n{good}\nluis:una clave en claro\nmaría luisa:{users['Iñaki']}\napi:x\nsolo", problems
    )
    assert [problem.split(":")[1] for problem in problems] == [f" line {line}" for line in (2, 3, 4, 5, 6)]
    assert not any("clave en claro" in problem or "scrypt:" in problem for problem in problems)


def test_a_file_without_anybody_is_a_problem() -> None:
    problems: list[str] = []
    assert read_users("# nadie\n", problems) == {}
    assert "names nobody" in problems[0]
