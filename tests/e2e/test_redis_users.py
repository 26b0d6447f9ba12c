"""The users of `deploy/redis-users.acl` can do all the work, and nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError
from rq import Queue
from rq.serializers import JSONSerializer

from bot.cli import main
from bot.domain.ticket import TicketKey
from bot.local.ports import free_port
from bot.store.failures import Failures
from bot.store.rule_versions import RuleVersions
from bot.wiring import utc_now
from tests.e2e.processes import HOME, Processes, environment, simulator_for, wait_for
from tests.e2e.service import Service, is_ready
from tests.rule_files import ADDED, folder_with
from tests.web.valkey import Valkey

ACL = HOME / "deploy" / "redis-users.acl"
USERS = ("semaforo-web", "semaforo-worker", "semaforo-clock", "semaforo-ops")
PROCESS_OF = {
    "semaforo-web": ("web",),
    "semaforo-worker": ("worker", "worker --urgent"),
    "semaforo-clock": ("clock",),
}
# RQ asks for the address of its worker and does without; `doctor` says that it may not read the setting.
EXPECTED_REFUSALS = {"client|list", "config|get"}
PASSWORD = "una contraseña"
# On a busy machine a page takes seconds, or is a 503 because Redis did not answer the web within half a one.
PATIENCE = 20


def login(user: str) -> str:
    return f"{user}:clave-de-{user}"


@pytest.fixture(scope="module")
def store() -> Iterator[Valkey]:
    """Start a Valkey with the shipped users, their passwords filled in."""
    text = ACL.read_text(encoding="utf-8")
    for user in ("admin", *USERS):
        digest = hashlib.sha256(login(user).partition(":")[2].encode()).hexdigest()
        text = re.sub(rf"#sha256-of-the-password-of-{user}(?= )", f"#{digest}", text)
    server = Valkey(text, login("admin"))
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path / "rules", "uno")


@pytest.fixture
def service(store: Valkey, folder: Path, tmp_path: Path) -> Iterator[Service]:
    """Run every process as its own user of Redis, and commands as the one for people."""
    store.client.flushall()
    store.client.acl_log_reset()
    port = free_port(None)
    with simulator_for(port) as simulator:
        environ = environment(simulator.url, store.url_of(login("semaforo-ops")), port)
        processes = Processes(
            environ | {"RULES_DIR": str(folder), "RULES_WATCH": "0", "STOP_FILE": str(tmp_path / "STOP")},
            tmp_path,
        )
        try:
            for user, names in PROCESS_OF.items():
                for name in names:
                    processes.start(name, REDIS_URL=store.url_of(login(user)))
            wait_for("ready", lambda: is_ready(port))
            yield Service(simulator, processes, port)
        finally:
            processes.stop_all()


def as_user(store: Valkey, user: str) -> Redis:
    return Redis.from_url(store.url_of(login(user)))


def command(service: Service, *arguments: object) -> str:
    """Run `semaforo …` as the user for people and return what it printed; again when Redis was slow."""
    for _ in range(3):
        done = CliRunner().invoke(main, list(map(str, arguments)), env=service.processes.environ)
        if "Redis does not answer" not in done.output:
            break
    assert done.exit_code == 0, done.output
    return done.output


def answered(service: Service, **ticket: str) -> int:
    """Open a ticket and wait for its note and reply."""
    number = service.open(**ticket)
    wait_for("note and reply", lambda: service.counts(number) == (1, 1))
    return number


def log_in(service: Service) -> requests.Session:
    """Enter the ops pages as a person does."""
    session, page = requests.Session(), f"http://127.0.0.1:{service.port}/ops"
    token = token_on(session.get(f"{page}/entrar", timeout=PATIENCE).text)
    session.post(f"{page}/entrar", data={"csrf_token": token, "clave": "no es"}, timeout=PATIENCE)
    wait_for("the delay", lambda: session.post(f"{page}/entrar", data=form(token), timeout=PATIENCE).ok)
    return session


def is_shown(session: requests.Session, page: str) -> bool:
    return session.get(page, timeout=PATIENCE).status_code == 200


def form(token: str) -> dict[str, str]:
    return {"csrf_token": token, "clave": PASSWORD}


def token_on(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


@pytest.mark.timeout(300)
def test_the_whole_cycle_needs_no_more_than_the_users_may(
    service: Service, store: Valkey, tmp_path: Path
) -> None:
    ticket = answered(service)
    requests.put(f"{service.simulator.url}/_sim/faults", json={"webhooks": {"lose": 1.0}}, timeout=PATIENCE)
    lost = answered(service, subject="Otro", text="Gracias por todo.")
    requests.put(f"{service.simulator.url}/_sim/faults", json={}, timeout=PATIENCE)

    key = TicketKey("acelera", lost)
    with as_user(store, "semaforo-ops") as redis:
        Failures(redis).quarantine(key, "NoEnd", utc_now())
    page = f"http://127.0.0.1:{service.port}/ops/tickets/acelera/{lost}"
    session = log_in(service)
    data = {"csrf_token": token_on(session.get(page, timeout=PATIENCE).text)}
    wait_for("the retry", lambda: session.post(f"{page}/recalcular", data=data, timeout=PATIENCE).ok)
    assert "Gracias por todo" in session.get(f"{page}/texto", timeout=PATIENCE).text
    assert "Qué pasaría ahora" in session.post(f"{page}/que-pasaria", data=data, timeout=PATIENCE).text
    headlines = session.get(f"{page.rpartition('/tickets')[0]}/asuntos?t=acelera:{lost}", timeout=PATIENCE)
    assert headlines.json()[f"acelera:{lost}"]["subject"] == "Otro"
    wait_for("it left quarantine", lambda: "no ticket" in command(service, "failures", "list"))
    system = f"http://127.0.0.1:{service.port}/ops/sistema"
    assert "the key works" in session.post(f"{system}/diagnostico", data=data, timeout=PATIENCE).text
    year = "ops/cumplimiento?desde=2026-01-01&hasta=2027-12-31"
    assert (
        "De 2 tickets emitidos"
        in session.get(f"http://127.0.0.1:{service.port}/{year}", timeout=PATIENCE).text
    )
    day = "ops/calendario/ensayo?fecha=2031-06-03&motivo=Inventario"
    for path in ("readyz", "metrics", "ops/", "ops/sistema", "ops/calendario", day):
        wait_for(path, partial(is_shown, session, f"http://127.0.0.1:{service.port}/{path}"))

    with as_user(store, "semaforo-ops") as redis:
        first = RuleVersions(redis).active() or ""
    command(service, "rules", "publish", folder_with(tmp_path / "candidate", level="PREFERENTE"))
    command(service, "rules", "rollback", first[:8])
    command(service, "rules", "list")
    for words in (("reconcile", "acelera", ticket), ("sweep",), ("stop",), ("resume",)):
        command(service, *words)
    command(service, "explain", "acelera", ticket)
    assert "URGENTE" in command(service, "report", "--from", "2026-01-01", "--to", "2099-01-01")
    CliRunner().invoke(main, ["doctor"], env=service.processes.environ)

    with as_user(store, "semaforo-clock") as redis:  # a job that names another function is refused
        Queue("semaforo", connection=redis, serializer=JSONSerializer).enqueue("os.system", "true")
    answered(service, subject="Otro más", text="Gracias.")
    wait_for("no job is left", lambda: int(store.client.llen("rq:queue:semaforo")) == 0)
    wait_for("the ticket is not busy, and forgotten", lambda: is_forgotten(service, lost))
    assert service.processes.stop("worker") == 0
    assert denied(store) <= EXPECTED_REFUSALS


def test_rules_are_changed_tried_and_applied_on_the_pages(
    service: Service, store: Valkey, folder: Path
) -> None:
    ticket = answered(service, subject="Otro", text="Vi un uno y nada más.")
    rules, session = f"http://127.0.0.1:{service.port}/ops/reglas", log_in(service)
    page = session.get(f"{rules}/editor?archivo={ADDED}", timeout=9).text
    text = (folder / ADDED).read_text(encoding="utf-8").replace("PREFERENTE", "URGENTE")

    def send(path: str, **data: str) -> str:
        answer = session.post(f"{rules}/{path}", data={"csrf_token": token_on(page), **data}, timeout=30)
        assert answer.ok, answer.text
        return answer.text

    send("editor", archivo=ADDED, texto=text, revision="0", accion="guardar")
    assert "Publicado" in send("borrador/publicar", revision="1", nota="uno es urgente")
    for words in ({"path": "ensayo/empezar", "clase": "abiertos"}, {"path": "ensayo/aplicar"}):
        send(**words)
        wait_for("the trial", lambda: "terminado" in session.get(f"{rules}/ensayo", timeout=9).text)
    for path in ("", "sin-regla", "historial", "banco"):
        assert session.get(f"{rules}/{path}", timeout=9).ok
    wait_for("the new level", lambda: service.ticket(ticket)["priority"] == 4)
    assert denied(store) <= EXPECTED_REFUSALS


def is_forgotten(service: Service, ticket: int) -> bool:
    """Erase what is stored about a ticket; tell whether no worker had it in hand."""
    words = ["forget", "acelera", "--ticket", str(ticket), "--yes"]
    return CliRunner().invoke(main, words, env=service.processes.environ).exit_code == 0


def denied(store: Valkey) -> set[str]:
    """Return what Redis refused to its users: commands by name, keys as they are."""
    return {str(entry["object"]) for entry in store.client.acl_log(128)}


def raw(redis: Redis, *words: str) -> object:
    """Send a command as it is."""
    return redis.execute_command(*words)  # type: ignore[no-untyped-call]


REFUSED = r"(?i)no permissions|can't run this command|debug command not allowed"
FOREIGN: dict[str, Callable[[Redis], object]] = {
    "FLUSHALL": lambda redis: redis.flushall(),
    "FLUSHDB": lambda redis: redis.flushdb(),
    "CONFIG GET": lambda redis: redis.config_get("*"),
    "CONFIG SET": lambda redis: redis.config_set("appendonly", "no"),
    "KEYS": lambda redis: redis.keys("*"),
    "DEBUG": lambda redis: raw(redis, "DEBUG", "SLEEP", "0"),
    "SHUTDOWN": lambda redis: raw(redis, "SHUTDOWN", "NOSAVE"),
    "SAVE": lambda redis: redis.save(),
    "ACL": lambda redis: redis.acl_list(),
    "MONITOR": lambda redis: raw(redis, "MONITOR"),
    "REPLICAOF": lambda redis: raw(redis, "REPLICAOF", "127.0.0.1", "1"),
    "MODULE": lambda redis: raw(redis, "MODULE", "LIST"),
    "FUNCTION": lambda redis: raw(redis, "FUNCTION", "FLUSH"),
    "SCRIPT FLUSH": lambda redis: redis.script_flush(),
    "SWAPDB": lambda redis: redis.swapdb(0, 1),
    "CLIENT KILL": lambda redis: raw(redis, "CLIENT", "KILL", "TYPE", "normal"),
    "another's key": lambda redis: redis.get("another:key"),
    "another's key, written": lambda redis: redis.set("another:key", 1),
    "another's key, in a script": lambda redis: redis.register_script("return redis.call('GET', 'x')")(),
    "another's channel": lambda redis: redis.publish("another", "x"),
}


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("user", USERS)
def test_what_is_not_theirs_is_refused(store: Valkey, user: str, foreign: Callable[[Redis], object]) -> None:
    with as_user(store, user) as redis, pytest.raises((NoPermissionError, ResponseError), match=REFUSED):
        foreign(redis)


BETWEEN: list[tuple[str, str, str]] = [
    *((user, "GET", "semaforo:ops:signing-key") for user in USERS if user != "semaforo-web"),
    ("semaforo-web", "DEL", "semaforo:ledger:acelera:1"),
    ("semaforo-web", "DEL", "semaforo:bot:acelera"),
    ("semaforo-web", "HGETALL", "rq:job:1"),
    ("semaforo-web", "DEL", "semaforo:rules:active"),
    ("semaforo-ops", "GET", "semaforo:ops:draft:x"),
    ("semaforo-web", "DEL", "semaforo:journal:acelera:1"),
    ("semaforo-worker", "DEL", "semaforo:rules:active"),
    ("semaforo-clock", "HGETALL", "semaforo:ledger:acelera:1"),
    ("semaforo-clock", "GET", "semaforo:journal:acelera:1"),
]


@pytest.mark.parametrize(("user", "name", "key"), BETWEEN)
def test_each_keeps_to_its_own_part(store: Valkey, user: str, name: str, key: str) -> None:
    with as_user(store, user) as redis, pytest.raises(NoPermissionError):
        raw(redis, name, key)


@pytest.mark.parametrize(
    "address", ["", "default:x@", "semaforo-web:wrong@"], ids=["nobody", "default", "guess"]
)
def test_nobody_else_gets_in(store: Valkey, address: str) -> None:
    url = store.url_of(address.removesuffix("@"))
    with Redis.from_url(url) as redis, pytest.raises((AuthenticationError, NoPermissionError)):
        redis.get("semaforo:wakeups")


def test_the_file_as_shipped_lets_nobody_in() -> None:
    """Placeholders are no passwords: Redis refuses to start until they are filled in."""
    users = [line.split() for line in ACL.read_text(encoding="utf-8").splitlines()]
    passwords = {word for line in users for word in line if word.startswith(("#", ">"))}
    assert passwords == {f"#sha256-of-the-password-of-{user}" for user in ("admin", *USERS)}
    assert not any("nopass" in line for line in users)


def test_every_key_of_the_product_has_a_user() -> None:
    patterns = re.findall(r"~(semaforo:\S+)", ACL.read_text(encoding="utf-8"))
    sources = "\n".join(path.read_text(encoding="utf-8") for path in HOME.glob("bot/**/*.py"))
    names = {f"semaforo:{name}" for name in re.findall(r"\{NAMESPACE\}:([a-z-]+[:a-z-]*)", sources)}
    assert {name for name in names if not _is_covered(name, patterns)} == set()


def _is_covered(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(one, pattern) for one in (name, f"{name}:", f"{name}x") for pattern in patterns)
