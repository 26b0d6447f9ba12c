"""What do the pages about rules show and change, and what do they refuse?"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from bot.engine.trials import Reading
from bot.store.drafts import Draft, Drafts
from bot.store.rule_versions import Origin, Overtaken, Publication, RuleVersions
from bot.store.rulebook import Loaded, Rulebook, load_folder, publish
from bot.web import create_app, trial_process
from bot.web.rules_bench import MOST_TICKETS
from bot.web.rules_list import Choice
from bot.web.trial_process import Kind, Work
from tests.browser.site import PASSWORD, settings_for
from tests.rule_files import ADDED, folder_with
from tests.world import MONDAY, PORTAL, World

from .conftest import csrf_token, log_in

HOME = "/ops/reglas"
USER = "operaciones"


@pytest.fixture
def first(tmp_path: Path) -> Loaded:
    return load_folder(folder_with(tmp_path / "rules", "uno"))


@pytest.fixture
def versions(world: World, redis: Redis, first: Loaded) -> RuleVersions:
    """Publish one rule, which looks for «uno», and have the world follow what is published."""
    kept = RuleVersions(redis)
    put(kept, first, "ana", "las primeras")
    world.with_context(rulebook=Rulebook(first, kept))
    return kept


@pytest.fixture
def app(versions: RuleVersions, world: World, redis: Redis) -> Flask:
    return create_app(settings_for(redis, world.server.url), world.ctx)


@pytest.fixture
def pages(app: Flask) -> FlaskClient:
    client = app.test_client()
    log_in(client, PASSWORD)
    return client


def put(versions: RuleVersions, rules: Loaded, author: str = "eva", note: str = "") -> None:
    publish(versions, rules.files, Publication(rules.policy.version, MONDAY, author, Origin.FOLDER, note))


def draft(redis: Redis, versions: RuleVersions, **files: str | None) -> None:
    """Keep a draft over the rules in force; `prueba` stands for the file of the rule."""
    named = {ADDED if name == "prueba" else name: text for name, text in files.items()}
    assert Drafts(redis).save(USER, Draft(versions.active() or "", named), MONDAY)


def rule(loaded: Loaded, old: str = "PREFERENTE", new: str = "URGENTE") -> str:
    return loaded.files[ADDED].decode().replace(old, new)


def send(client: FlaskClient, path: str, **data: Any) -> Any:
    token = csrf_token(client, f"{HOME}/")
    return client.post(f"{HOME}/{path}", data={"csrf_token": token, **data}, follow_redirects=True)


def words(answer: Any, selector: str = "main") -> str:
    found = BeautifulSoup(answer.text, "html.parser").select(selector)
    return " ".join(" ".join(one.get_text(" ") for one in found).split())


def test_the_list_tells_owner_hits_and_corrections(pages: FlaskClient, world: World) -> None:
    one, other = world.open("Consulta", "Vi un uno."), world.open("Consulta", "Otro uno más.")
    world.settle(one, other)
    world.as_agent(other, priority=4)
    world.settle(other)
    row = words(pages.get(f"{HOME}/"), "table.rules tbody tr")
    for part in ("Aparece la palabra uno", "PREFERENTE", "activa", "mesa-de-ayuda", "50 %", "1 corrección"):
        assert part in row


CHOICES = {
    "nothing": ({}, True),
    "a word of the card, without its accent": ({"busca": "VOLVIO uno"}, True),
    "a word that is not in it": ({"busca": "caído"}, False),
    "level": ({"nivel": "PREFERENTE"}, True),
    "another level": ({"nivel": "sin-nivel"}, False),
    "state": ({"estado": "sombra"}, False),
    "file": ({"archivo": ADDED}, True),
    "owner": ({"dueno": "otros"}, False),
}


@pytest.mark.parametrize(("query", "shown"), CHOICES.values(), ids=CHOICES.keys())
def test_the_list_shows_what_was_chosen(pages: FlaskClient, query: dict[str, str], shown: bool) -> None:
    page = pages.get(f"{HOME}/", query_string=query)
    assert ("prueba-uno" in words(page)) is shown
    assert bool(Choice.from_query(query)) is bool(query)


def test_a_change_is_known_by_who_made_it(
    pages: FlaskClient, versions: RuleVersions, first: Loaded, tmp_path: Path
) -> None:
    put(versions, load_folder(folder_with(tmp_path / "other", "uno", "NORMAL")), "eva", "es normal")
    assert "eva: es normal" in words(pages.get(f"{HOME}/"), "table.rules tbody tr")


def test_typing_shows_the_problem_at_its_line(pages: FlaskClient, first: Loaded) -> None:
    data = {"archivo": ADDED, "texto": rule(first, new="URGENT")}
    headers = {"X-CSRFToken": csrf_token(pages, f"{HOME}/")}
    found = pages.post(f"{HOME}/editor/comprobar", json=data, headers=headers).get_json()["problemas"]
    assert [(one["archivo"], one["linea"]) for one in found] == [(ADDED, 7)]
    assert "¿quisiste decir «URGENTE»?" in found[0]["mensaje"]
    example = {"archivo": ADDED, "texto": rule(first, "vi un gato", "un uno más")}
    found = pages.post(f"{HOME}/editor/comprobar", json=example, headers=headers).get_json()["problemas"]
    assert [(one["archivo"], one["linea"]) for one in found] == [(ADDED, 12)]
    assert pages.post(f"{HOME}/editor/comprobar", json=data).status_code == 400, "without the page's token"


@pytest.mark.parametrize(
    "data", [[], {}, {"archivo": 3, "texto": "x"}, {"archivo": ADDED, "texto": "x" * 900_000}]
)
def test_what_is_no_text_is_not_checked(pages: FlaskClient, data: object) -> None:
    headers = {"X-CSRFToken": csrf_token(pages, f"{HOME}/")}
    assert pages.post(f"{HOME}/editor/comprobar", json=data, headers=headers).status_code == 400


def test_saving_keeps_a_draft_and_changes_nothing_in_force(
    pages: FlaskClient, versions: RuleVersions, redis: Redis, first: Loaded
) -> None:
    before, text = versions.active(), rule(first)
    answer = send(
        pages, "editor", archivo=ADDED, texto=text.replace("\n", "\r\n"), revision="0", accion="guardar"
    )
    assert "Borrador guardado" in words(answer)
    kept = Drafts(redis).read(USER)
    assert kept is not None
    assert kept.files == {ADDED: text}
    assert versions.active() == before
    again = send(pages, "editor", archivo=ADDED, texto="x", revision=str(kept.revision), accion="deshacer")
    assert "sin cambios otra vez" in words(again)
    assert not (Drafts(redis).read(USER) or kept).files


def test_a_save_from_an_old_window_shows_both_texts(
    pages: FlaskClient, versions: RuleVersions, redis: Redis, first: Loaded
) -> None:
    draft(redis, versions, prueba=rule(first))
    answer = send(
        pages, "editor", archivo=ADDED, texto=rule(first, new="NORMAL"), revision="0", accion="guardar"
    )
    assert answer.status_code == 409
    assert "NORMAL" in BeautifulSoup(answer.text, "html.parser").select_one("textarea").text  # type: ignore[union-attr]
    assert "URGENTE" in words(answer, ".diff del")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a.yml", "Ñ.yaml", "a/b/c.yaml", "<b>.yaml", ""])
def test_a_name_that_is_none_of_ours_is_refused(pages: FlaskClient, redis: Redis, name: str) -> None:
    assert send(pages, "editor", archivo=name, texto="x", revision="0", accion="guardar").status_code == 400
    assert Drafts(redis).read(USER) is None


def test_publishing_needs_a_reason_sound_rules_and_no_one_faster(
    pages: FlaskClient, versions: RuleVersions, redis: Redis, first: Loaded, tmp_path: Path, world: World
) -> None:
    start = versions.active()
    draft(redis, versions, prueba=rule(first, "vi un gato", "un uno más"))
    assert send(pages, "borrador/publicar", revision="1").status_code == 400
    refused = send(pages, "borrador/publicar", revision="1", nota="prueba")
    assert (refused.status_code, versions.active()) == (422, start)
    assert f"{ADDED}:12" in words(refused)
    assert "cambió en otra ventana" in words(send(pages, "borrador/publicar", revision="0", nota="prueba"))
    put(versions, load_folder(folder_with(tmp_path / "other", "dos")))
    assert "Otra persona publicó" in words(send(pages, "borrador/publicar", revision="1", nota="prueba"))
    assert Drafts(redis).read(USER) is not None, "nothing is lost"
    assert [one.action for one in world.ctx.audit.latest()] == ["login.enter"]


def test_publishing_is_written_down_and_empties_the_draft(
    pages: FlaskClient, versions: RuleVersions, redis: Redis, first: Loaded, world: World
) -> None:
    draft(redis, versions, prueba=rule(first))
    assert "Publicado" in words(send(pages, "borrador/publicar", revision="1", nota="<b>urge</b>"))
    newest = versions.history()[0]
    assert (newest.author, newest.origin, newest.note) == (USER, Origin.PAGE, "<b>urge</b>")
    assert Drafts(redis).read(USER) is None
    done = next(iter(world.ctx.audit.latest()))
    assert (done.action, done.target) == ("rules_draft.publish", newest.version[:12])
    assert "<b>urge" not in pages.get(f"{HOME}/historial").text


def test_only_the_publisher_who_saw_the_rules_in_force_wins(
    versions: RuleVersions, first: Loaded, tmp_path: Path
) -> None:
    other = load_folder(folder_with(tmp_path / "other", "dos"))
    entry = Publication(other.policy.version, MONDAY, "eva", Origin.PAGE)
    with pytest.raises(Overtaken):
        publish(versions, other.files, entry, following="f" * 64)
    assert versions.active() == first.policy.version
    assert publish(versions, other.files, entry, following=first.policy.version)


def test_the_folder_and_the_differences_are_given_as_files(
    pages: FlaskClient, versions: RuleVersions, redis: Redis, first: Loaded
) -> None:
    draft(redis, versions, prueba=rule(first))
    packed = pages.get(f"{HOME}/historial/{versions.active()}/reglas.zip").data
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {name: archive.read(f"rules/{name}") for name in first.files} == dict(first.files)
    patch = pages.get(f"{HOME}/historial/borrador/cambios.diff").text
    assert f"--- a/rules/{ADDED}" in patch
    assert "+    nivel: URGENTE" in patch
    for path in ("f" * 64, "x", f"{'f' * 64}/reglas.zip"):
        assert pages.get(f"{HOME}/historial/{path}").status_code == 404


def test_the_bench_compares_and_shows_words_as_words(
    pages: FlaskClient, versions: RuleVersions, redis: Redis, first: Loaded
) -> None:
    draft(redis, versions, prueba=rule(first))
    answer = send(
        pages, "banco", asunto="<img src=x onerror=alert(1)>", cuerpo="Un uno {{7*7}}", portal=PORTAL
    )
    assert "PREFERENTE" in words(answer, ".side:first-child .result")
    assert "URGENTE" in words(answer, ".side:last-child .result")
    assert words(answer, "mark") == "uno uno"
    assert not BeautifulSoup(answer.text, "html.parser").select("img")
    assert "{{7*7}}" in answer.text
    draft_of_nothing_sound = rule(first, new="URGENT")
    kept = Drafts(redis).read(USER)
    assert kept is not None
    assert Drafts(redis).save(USER, replace(kept, files={ADDED: draft_of_nothing_sound}), MONDAY)
    assert "aún no se puede probar" in words(send(pages, "banco", asunto="uno"))


def test_the_bench_asks_for_no_more_tickets_than_it_may(pages: FlaskClient, world: World) -> None:
    before = world.control("GET", "requests")["methods"].get("GET", 0)
    answer = send(pages, "banco", tickets=", ".join(map(str, range(500, 540))), portal=PORTAL)
    assert "se tomaron los primeros" in words(answer)
    assert world.control("GET", "requests")["methods"]["GET"] - before == MOST_TICKETS


def test_words_that_recur_where_no_rule_decided(pages: FlaskClient, world: World, redis: Redis) -> None:
    tickets = [
        world.open("Consulta", f"Sale el cartel naranja. Soy Rosa Quispe{n}, 98765432{n}.") for n in range(3)
    ]
    world.settle(*tickets)
    assert "3 tickets que el bot miró" in words(pages.get(f"{HOME}/sin-regla"))
    answer = words(send(pages, "sin-regla"), ".word")
    assert "cartel en 3" in answer
    assert "98765" not in answer
    assert not any(b"cartel" in (redis.dump(name) or b"") for name in redis.keys("semaforo:ops:*"))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Work]:
    """Gather trials instead of starting processes."""
    works: list[Work] = []
    monkeypatch.setattr(trial_process, "start", works.append)
    return works


def test_a_trial_takes_a_file_or_tickets_within_bounds(pages: FlaskClient, started: list[Work]) -> None:
    send(pages, "ensayo/empezar", clase="pasados", archivo=(io.BytesIO(b"{}\n"), "t.jsonl"))
    assert (started[0].kind, started[0].source) == (Kind.PAST, b"{}\n")
    assert "Ya hay un ensayo en marcha" in words(send(pages, "ensayo/empezar", clase="pasados"))
    send(pages, "ensayo/detener")
    send(pages, "ensayo/empezar", clase="pasados", portal="otro", dias="99999", maximo="-1")
    assert started[1].source == Reading(PORTAL, 365, 200, trial_process.PER_MINUTE)
    assert send(pages, "ensayo/empezar", clase="x").status_code == 400


def test_a_trial_tells_rows_shade_and_data(
    pages: FlaskClient, started: list[Work], first: Loaded, versions: RuleVersions, redis: Redis, world: World
) -> None:
    shade = rule(first).replace("estado: activa", "estado: sombra")
    draft(redis, versions, prueba=shade)
    lines = [
        {"id": 5, "portal": PORTAL, "subject": "<i>", "body": "un uno"},
        {"id": "x<b>", "body": "uno"},
        7,
    ]
    content = "".join(json.dumps(line) + "\n" for line in lines).encode()
    send(pages, "ensayo/empezar", clase="pasados", archivo=(io.BytesIO(content), "t.jsonl"))
    trial_process.run(started[0])
    page = pages.get(f"{HOME}/ensayo")
    assert "prueba-uno 🔴 URGENTE 2 2 5, x<b>" in words(page)
    assert "1 línea no sirvió" in words(page)
    assert not BeautifulSoup(page.text, "html.parser").select("main b, main i")
    assert (
        words(pages.get(f"{HOME}/ensayo?cambio=incumplimiento"), ".empty h2")
        == "Ningún ticket cumple con lo que eligió"
    )
    assert len(json.loads(pages.get(f"{HOME}/ensayo/resultado.json").text)["rows"]) == 2
    assert not any(
        "un uno" in json.dumps(row)
        for row in json.loads(pages.get(f"{HOME}/ensayo/resultado.json").text)["rows"]
    )


def test_applying_needs_a_look_under_the_rules_in_force(
    pages: FlaskClient, started: list[Work], versions: RuleVersions, world: World, tmp_path: Path
) -> None:
    ticket = world.open("Consulta", "Vi un uno.")
    world.settle(ticket)
    assert "Haga otro" in words(send(pages, "ensayo/aplicar"))
    put(versions, load_folder(folder_with(tmp_path / "other", "uno", "URGENTE")))
    send(pages, "ensayo/empezar", clase="abiertos")
    trial_process.run(started[0])
    assert f"{PORTAL} #{ticket}" in words(pages.get(f"{HOME}/ensayo"), ".changes")
    send(pages, "ensayo/aplicar", antes="NORMAL")
    assert started[1].keys == (), "the filter holds"
    send(pages, "ensayo/detener")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "editor",
        "editor/completar.json",
        "borrador",
        "banco",
        "ensayo",
        "ensayo/resultado.json",
        "sin-regla",
        "historial",
        "historial/borrador/reglas.zip",
    ],
)
def test_nobody_looks_without_logging_in(app: Flask, path: str) -> None:
    assert app.test_client().get(f"{HOME}/{path}").status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "editor",
        "editor/comprobar",
        "borrador/publicar",
        "borrador/descartar",
        "ensayo/empezar",
        "ensayo/aplicar",
        "banco",
    ],
)
def test_nobody_acts_without_logging_in(app: Flask, versions: RuleVersions, first: Loaded, path: str) -> None:
    huge = {"texto": "x" * 600_000}
    assert app.test_client().post(f"{HOME}/{path}", data=huge).status_code in {303, 400, 413}
    assert versions.active() == first.policy.version


def test_completion_knows_the_lists_and_rules(pages: FlaskClient) -> None:
    found = pages.get(f"{HOME}/editor/completar.json").get_json()
    assert "prueba-uno" in found["nombres"]["reglas"]
    assert "titulo" in found["claves"]["reglas"]


def test_scripts_travel_small_and_pages_as_they_are(pages: FlaskClient) -> None:
    headers = {"Accept-Encoding": "gzip"}
    script = pages.get("/static/vendor/codemirror.js", headers=headers)
    assert script.headers["Content-Encoding"] == "gzip"
    assert len(script.data) < 130_000
    assert "Content-Encoding" not in pages.get("/static/vendor/codemirror.js").headers
    assert "Content-Encoding" not in pages.get(f"{HOME}/", headers=headers).headers


def test_orders_put_first_what_they_say(
    pages: FlaskClient, versions: RuleVersions, world: World, tmp_path: Path
) -> None:
    folder = folder_with(tmp_path / "three", "uno")
    for word in ("dos", "tres"):
        text = (folder / ADDED).read_text(encoding="utf-8").replace("uno", word)
        (folder / f"{word}.yaml").write_text(text, encoding="utf-8")
    put(versions, load_folder(folder))
    world.ctx.rulebook.look(at_once=True)
    tickets = [world.open("Consulta", f"Vi un {word}.") for word in ("dos", "tres", "tres")]
    world.settle(*tickets)
    world.as_agent(tickets[0], priority=4)
    world.settle(tickets[0])

    def order(chosen: str) -> list[str]:
        return words(pages.get(f"{HOME}/?orden={chosen}"), "tbody th code").split()

    assert order("más usadas")[0] == "prueba-tres"
    assert order("menos acierto")[0] == "prueba-dos"
    assert order("por archivo") == ["prueba-dos", "prueba-uno", "prueba-tres"]
