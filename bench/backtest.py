"""How long does a backtest take, and how much memory?

`python -m bench.backtest [RULES_DIR]` takes 100,000 tickets. The candidate answers URGENTE in
half the time and has one more rule.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

TICKETS = 20_000
ALL_TICKETS = 100_000
SHIPPED = Path(__file__).parent.parent / "rules"
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


def run(rules: Path = SHIPPED, count: int = TICKETS) -> dict[str, Any]:
    """Return seconds and MiB on one core, and seconds with two processes."""
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        tickets, candidate = folder / "tickets.jsonl", folder / "candidate"
        write_tickets(tickets, count)
        write_candidate(rules, candidate)
        before = _cpu_seconds()
        one, output = _seconds(tickets, rules, candidate, "1")
        cpu = round(_cpu_seconds() - before, 1)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        two, same = _seconds(tickets, rules, candidate, "2")
        if output != same:
            raise RuntimeError("one process and two do not say the same")
        return {
            "tickets": count,
            "seconds_on_one_core": one,
            "cpu_seconds_on_one_core": cpu,
            "cpu_microseconds_per_ticket": round(cpu / count * 1e6),
            "peak_mib": round(memory),
            "seconds_with_two_processes": two,
            "levels_changed": json.loads(output)["levels"]["changed"],
        }


def write_tickets(path: Path, count: int) -> None:
    """Write tickets of about a hundred words, the same ones each time."""
    dice = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            created = BEGIN + timedelta(minutes=number)
            details = " ".join(dice.choice(DETAILS) for _ in range(7))
            ticket = {
                "id": number,
                "subject": f"Consulta {number}",
                "body": f"{dice.choice(OPENINGS)}:\n\n{dice.choice(MATTERS)}. {details}\n\nSaludos,\nRosa",
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


def _cpu_seconds() -> float:
    """Return the time that finished child processes computed, which a busy machine does not stretch."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _seconds(tickets: Path, base: Path, candidate: Path, jobs: str) -> tuple[float, bytes]:
    folders = ["--base", str(base), "--candidate", str(candidate)]
    command = [sys.executable, "-m", "bot.cli", "backtest", "--tickets", str(tickets), *folders]
    start = time.perf_counter()
    done = subprocess.run([*command, "--jobs", jobs, "--json"], check=True, capture_output=True)
    return round(time.perf_counter() - start, 1), done.stdout


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED, ALL_TICKETS), indent=2))
