"""How long does a backtest take, does it use all cores, and does its memory stay flat?

The candidate answers URGENTE in half the time and has one more rule. Beside it stands a loop that asks a
generic rule engine for the level, by sixty rules of ten words.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.desk import RULES
from bench.lines import SHOWN, Figure, Goal, Kind, Line, Size
from bench.matching import keywords
from bench.rival import ABSENT, ask

ALL = 100_000
CORES = os.cpu_count() or 1
LONGEST = 200  # seconds; what would take longer is reckoned from fewer tickets
BEGIN = datetime(2026, 1, 5, 13, 0, tzinfo=UTC)
OPENINGS = ("Buenas tardes", "Estimados", "Hola, equipo", "Buenos días, espero que estén bien")
MATTERS = (
    "el CRM está caído desde la mañana y nadie puede ingresar",
    "al guardar una oportunidad aparece un error y el cambio no queda",
    "necesitamos la factura del mes pasado",
    "hay contactos duplicados en la base y quisiéramos limpiarla",
    "¿cómo se crea una vista con los clientes de provincia?",
    "la campaña de hoy no salió y ya se anunció a los distribuidores",
    "quisiéramos cotizar cinco licencias más para el próximo año",
    "por favor den acceso a la nueva asistente de ventas",
    "no podemos pagar la cuota en la fecha, lo haremos la semana próxima",
    "muchas gracias por la capacitación, fue muy útil",
)
DETAILS = (
    "Pasa en todos los equipos de la oficina, también con otro navegador.",
    "Adjunto la captura que nos mandó el área comercial.",
    "Lo probamos ayer y funcionaba sin problema.",
    "Queremos dejarlo listo antes del cierre de mes.",
    "El supervisor pide que nos llamen cuando lo hayan revisado.",
    "Son unos doscientos registros, la mayoría de la sede del norte.",
)
NEW_RULE = """
version: 1
reglas:
  - {id: pre-bench, titulo: Pide revisar registros, dueno: bench, estado: activa, nivel: PREFERENTE,
     cuando: "registros", ejemplos: {coincide: [unos registros, los registros], no_coincide: [gracias, hola]}}
"""


RIVAL_RULES, WORDS_A_RULE = 60, 10
LINES = {
    "seconds": Line(f"backtest of {ALL:,} tickets, one core", "s", Goal(Kind.AT_MOST, 60)),
    "memory": Line("its peak memory", "MiB", Goal(Kind.WITHIN, 1.2), "with a fifth of the tickets"),
    "cores": Line(f"tickets, {CORES} processes", "/s", Goal(Kind.SHARE, 0.8 * min(2, CORES)), "one process"),
    "generic": Line("a ticket, two rulebooks, dates and report", "µs", SHOWN, "business-rules, levels only"),
}


def run(size: Size) -> Mapping[str, Figure]:
    """Run the command on a fifth, on all tickets, and on a fifth with a process a core."""
    count = {Size.TINY: 50, Size.QUICK: 1_500, Size.FULL: ALL}[size]
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        candidate, some, all_of_them = folder / "candidate", folder / "some.jsonl", folder / "all.jsonl"
        write_tickets(some, count // 5)
        write_candidate(RULES, candidate)
        part, said = _seconds(some, candidate, 1)
        if part * 5 > LONGEST:
            count //= 5
            write_tickets(some, count // 5)
            part, said = _seconds(some, candidate, 1)
        write_tickets(all_of_them, count)
        before = _peak_mebibytes()
        whole, _ = _seconds(all_of_them, candidate, 1)
        peak = _peak_mebibytes()
        shared, same = _seconds(some, candidate, CORES)
        if said != same:
            raise RuntimeError("one process and several do not say the same")
    each = (whole - part) / (count - count // 5)  # without the start
    note = "" if count == ALL else f"reckoned from {count:,}"
    return {
        "seconds": Figure(whole + each * (ALL - count), note=note),
        "memory": Figure(peak, before),
        "cores": Figure(count / 5 / shared, count / 5 / part),
        "generic": Figure() if size is Size.TINY else _generic(each * 1e6),
    }


def _generic(micros: float) -> Figure:
    words = keywords(RIVAL_RULES * WORDS_A_RULE)
    rules = [words[start : start + WORDS_A_RULE] for start in range(0, len(words), WORDS_A_RULE)]
    texts = [_body(random.Random(number)) for number in range(50)]
    answer = ask("rule_engine", {"rules": rules, "texts": texts})
    return Figure(micros, answer["us"]) if answer else Figure(micros, note=ABSENT)


def write_tickets(path: Path, count: int) -> None:
    """Write tickets of about a hundred words, the same ones each time."""
    dice = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            created = BEGIN + timedelta(minutes=number)
            ticket = {
                "id": number,
                "subject": f"Consulta {number}",
                "body": _body(dice),
                "created_at": created.isoformat(),
                "answered_at": (created + timedelta(hours=dice.randrange(1, 60))).isoformat(),
                "resolved_at": (created + timedelta(hours=dice.randrange(60, 400))).isoformat(),
            }
            file.write(json.dumps(ticket, ensure_ascii=False) + "\n")


def write_candidate(rules: Path, candidate: Path) -> None:
    """Copy a rules folder with a shorter promise and a rule more."""
    shutil.copytree(rules, candidate)
    levels = candidate / "niveles.yaml"
    levels.write_text(levels.read_text(encoding="utf-8").replace('"24 h"', '"12 h"', 1), encoding="utf-8")
    (candidate / "bench.yaml").write_text(NEW_RULE, encoding="utf-8")


def _body(dice: random.Random) -> str:
    details = " ".join(dice.choice(DETAILS) for _ in range(7))
    return f"{dice.choice(OPENINGS)}:\n\n{dice.choice(MATTERS)}. {details}\n\nSaludos,\nRosa"


def _peak_mebibytes() -> float:
    """Return the largest that any finished child process has been."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _seconds(tickets: Path, candidate: Path, jobs: int) -> tuple[float, bytes]:
    folders = ["--base", str(RULES), "--candidate", str(candidate)]
    command = [sys.executable, "-m", "bot.cli", "backtest", "--tickets", str(tickets), *folders]
    start = time.perf_counter()
    done = subprocess.run([*command, "--jobs", str(jobs), "--json"], check=True, capture_output=True)
    return time.perf_counter() - start, done.stdout
