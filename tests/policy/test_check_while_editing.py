"""Does the quick check of one file say what the full one says of it?"""

from __future__ import annotations

import pytest

from bot.policy.checking import check_files, check_while_editing
from tests.conftest import RULES
from tests.rule_files import files_of

FILES = files_of(RULES)
FILE = "clasificacion/urgente-caidas.yaml"
FILTERS = "clasificacion/filtros.yaml"
SLIPS = {
    "unknown level": (FILE, b"nivel: URGENTE", b"nivel: URGENT"),
    "unknown list": (FILE, b"@urg_sistema", b"@urg_sistena"),
    "an example that does not match": (FILE, b"chicos el bitrix no jala", b"chicos, gracias"),
    "an example that must not match": (
        FILE,
        "El CRM no está caído, era mi internet".encode(),
        b"El CRM se cayo todo",
    ),
    "no YAML": (FILE, b"reglas:", b"reglas: ["),
    "an id twice": (FILE, b"id: urg-senales-de-caida", b"id: urg-plataforma-caida"),
}


@pytest.mark.parametrize(("file", "old", "new"), SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_is_found_by_both(file: str, old: bytes, new: bytes) -> None:
    assert old in FILES[file]
    files = {**FILES, file: FILES[file].replace(old, new, 1)}
    quick = check_while_editing(files, file).problems
    assert quick
    assert set(quick) <= set(check_files(files).problems)
    assert {one.file for one in quick} == {file}


@pytest.mark.parametrize("file", [FILE, FILTERS, "niveles.yaml", "clasificacion/pesos-normal.yaml"])
def test_sound_files_have_no_problem(file: str) -> None:
    assert check_while_editing(FILES, file).problems == ()


def test_weights_are_read_in_their_own_file_alone() -> None:
    weights = "clasificacion/pesos-normal.yaml"
    spoilt = {**FILES, weights: b"version: 1\npesos:\n  ALTO: {}\n"}
    assert check_while_editing(spoilt, FILE).problems == ()
    assert {one.file for one in check_while_editing(spoilt, weights).problems} == {weights}
