"""Does the loader report every fault of a folder, each where it stands?"""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.policy.loader import load_sections
from tests.policy.rules.rulebook import FILTER, RULE, problems_of


def test_a_short_form_is_one_word() -> None:
    problems = problems_of(a="version: 1\nlectura:\n  equivalencias: {xfa: por favor}\n")
    assert len(problems) == 1
    assert "una sola palabra" in problems[0]


def test_good_files_load() -> None:
    assert problems_of(a=RULE, b=FILTER) == []


def test_sections_of_several_files_become_one(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.yaml").write_text("version: 1\nvocabulario:\n  uno: [a]\n")
    (tmp_path / "sub" / "b.yaml").write_text("version: 1\nvocabulario:\n  dos: ['@uno']\n")
    (tmp_path / "c.yaml").write_text(RULE)
    sections, problems = load_sections(tmp_path)
    assert problems == []
    assert sections is not None
    assert sections["vocabulario"] == {"uno": ("a",), "dos": ("@uno",)}
    assert list(sections.files) == ["a.yaml", "c.yaml", "sub/b.yaml"]
    assert sections.place(("vocabulario", "dos", 0)) == ("sub/b.yaml", 3)
    assert sections.place(("reglas", 0, "cuando")) == ("c.yaml", 8)


def test_the_same_id_names_the_first_place() -> None:
    assert problems_of(a=RULE, b=RULE) == ["b.yaml:3: «r-uno» ya está en a.yaml:3"]


def test_the_same_list_names_the_first_place() -> None:
    words = "version: 1\nvocabulario:\n  uno: [a]\n"
    assert problems_of(a=words, b=words) == ["b.yaml:3: «uno» ya está en a.yaml:3"]


def test_a_single_section_stands_in_one_file() -> None:
    reading = "version: 1\nlectura: {erratas: false}\n"
    assert problems_of(a=reading, b=reading) == ["b.yaml:2: la sección «lectura» ya está en a.yaml:2"]


def test_all_problems_come_at_once_in_order() -> None:
    bad = RULE.replace("URGENTE", "URGENT").replace("dueno: mesa", "dueno: 1").replace("r-uno", "r-dos")
    problems = problems_of(
        b=bad, a="version: 1\nregla: []\n", c=b"\xff", d=RULE.replace("caido", '"@nada"', 1)
    )
    assert [problem.split(": ")[0] for problem in problems] == [
        *("a.yaml:2", "b.yaml:5", "b.yaml:7", "c.yaml:1", "d.yaml:8"),
    ]


def test_one_bad_list_raises_no_false_alarm_about_its_name() -> None:
    problems = problems_of(
        a="version: 1\nvocabulario:\n  plat: [cae*]\n", b=RULE.replace("caido", '"@plat"', 1)
    )
    assert len(problems) == 1
    assert "cae*" in problems[0]


def test_header_is_taken_over_by_every_rule_of_the_file(tmp_path: Path) -> None:
    own = RULE.replace("version: 1", "version: 1\nerratas: false")
    other = own.replace("r-uno", "r-dos").replace("    cuando", "    erratas: true\n    cuando")
    (tmp_path / "a.yaml").write_text(own)
    (tmp_path / "b.yaml").write_text(other)
    sections, _ = load_sections(tmp_path)
    assert sections is not None
    assert [rule.erratas for rule in sections["reglas"]] == [False, True]


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    _, problems = load_sections(tmp_path / "nada")
    assert [problem.message for problem in problems] == ["esta carpeta de reglas no existe"]


def test_folder_without_files(tmp_path: Path) -> None:
    _, problems = load_sections(tmp_path)
    assert [problem.message for problem in problems] == ["la carpeta no tiene ningún archivo .yaml"]


def test_a_yml_file_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(RULE)
    (tmp_path / "b.yml").write_text(RULE)
    _, problems = load_sections(tmp_path)
    assert [(problem.file, problem.line) for problem in problems] == [("b.yml", 1)]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(RULE)
    (tmp_path / "b.yaml").symlink_to(tmp_path / "nada")
    (tmp_path / "c.yaml").mkdir()
    _, problems = load_sections(tmp_path)
    assert [problem.file for problem in problems] == ["b.yaml"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(st.binary(max_size=200), st.integers(0, len(RULE)).map(lambda at: RULE.encode()[:at]))
)
def test_no_bytes_raise(content: bytes) -> None:
    problems_of(a=content)


@given(
    cut=st.integers(0, len(RULE) - 1),
    junk=st.sampled_from(["[", "{", ":", "\n", "5", "- ", "*", "ñ", "\t", "null"]),
)
def test_no_slip_of_the_keyboard_raises(cut: int, junk: str) -> None:
    problems_of(a=RULE[:cut] + junk + RULE[cut:])
    problems_of(a=RULE[:cut] + junk + RULE[cut + 1 :])
