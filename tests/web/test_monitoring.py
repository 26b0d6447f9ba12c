"""Do alerts, dashboard and documents speak of metrics that exist, and do alerts sound when they should?"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.ticket import TicketKey
from bot.engine.context import Context

from .conftest import NOW
from .test_health import samples

HOME = Path(__file__).parents[2]
PROMETHEUS = HOME / "deploy" / "prometheus"
ALERTS = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
TRIED = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]
BOARD = json.loads((HOME / "deploy" / "grafana" / "semaforo.json").read_text(encoding="utf-8"))
TEXT = (HOME / "docs" / "monitoring.md").read_text(encoding="utf-8")
PROMTOOL = shutil.which("promtool")
METRIC = re.compile(r"\bsemaforo_\w+")


@pytest.fixture
def metrics(client: FlaskClient) -> set[str]:
    """Return the names under which a scrape finds our metrics."""
    suffixes = {"counter": "_total", "info": "_info"}
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {family.name + suffixes.get(family.type, "") for family in families}


def test_every_metric_of_an_alert_exists(metrics: set[str]) -> None:
    assert {name for alert in ALERTS for name in METRIC.findall(alert["expr"])} <= metrics


def test_every_metric_of_the_dashboard_exists(metrics: set[str]) -> None:
    shown = {
        name for panel in BOARD["panels"] for one in panel["targets"] for name in METRIC.findall(one["expr"])
    }
    assert shown <= metrics
    assert metrics - shown <= {"semaforo_deliveries_created"}, "what nobody sees need not be measured"


def test_the_document_explains_every_metric_and_no_other(metrics: set[str]) -> None:
    assert set(re.findall(r"^\| `(semaforo_\w+)`", TEXT, re.MULTILINE)) == metrics


def test_panels_stand_beside_one_another_and_say_what_they_show() -> None:
    panels: list[dict[str, Any]] = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["title"] and panel["description"] for panel in panels)
    places = [panel["gridPos"] for panel in panels]
    cells = [
        (x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_every_alert_says_how_bad_it_is_and_what_to_do_and_is_tried(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert alert["annotations"].keys() == {"summary", "action"}
    ends = [
        bool(case["exp_alerts"])
        for one in TRIED
        for case in one["alert_rule_test"]
        if case["alertname"] == alert["alert"]
    ]
    assert set(ends) == {True, False}


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not on this machine")
@pytest.mark.parametrize(
    "words", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")], ids=" ".join
)
def test_promtool_agrees(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [str(PROMTOOL), *words], cwd=PROMETHEUS, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_failing_tickets_are_told_by_portal(client: FlaskClient, context: Context) -> None:
    for number in (1, 2, 3):
        context.failures.add(TicketKey("acelera", number), "ServerError 500", NOW)
    context.failures.quarantine(TicketKey("acelera", 3), "KeyError", NOW)
    found = samples(client)
    assert (found["semaforo_tickets_failing[acelera]"], found["semaforo_tickets_quarantined[acelera]"]) == (
        2,
        1,
    )
    assert found["semaforo_tickets_quarantined[norte]"] == 0
