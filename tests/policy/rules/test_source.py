"""Does YAML say what people typed, on the line they typed it, and nothing more?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.source import MAX_BYTES, MAX_DEPTH, read_source

VALUES: dict[str, tuple[str, Any]] = {
    "no": ("no", "no"),
    "on": ("on", "on"),
    "yes": ("Yes", "Yes"),
    "off": ("off", "off"),
    "y": ("y", "y"),
    "time": ("8:30", "8:30"),
    "later time": ("18:00", "18:00"),
    "leading zero": ("051", "051"),
    "date": ("2026-12-31", "2026-12-31"),
    "moment": ("2026-07-31T10:00-05:00", "2026-07-31T10:00-05:00"),
    "octal": ("0o17", "0o17"),
    "hexadecimal": ("0x1F", "0x1F"),
    "underscores": ("1_000", "1_000"),
    "exponent": ("1e3", "1e3"),
    "infinity": (".inf", ".inf"),
    "whole number": ("24", 24),
    "negative": ("-5", -5),
    "decimal": ("0.75", 0.75),
    "quoted number": ('"24"', "24"),
    "true": ("true", True),
    "False": ("False", False),
    "quoted true": ("'true'", "true"),
    "null": ("null", None),
    "tilde": ("~", None),
    "nothing": ("", None),
    "merge key is a word": ("<<", "<<"),
    "equals sign": ("=", "="),
    "very long number": ("9" * 30, "9" * 30),
    "folded lines": (">\n  uno\n  dos\n", "uno dos\n"),
    "star at the end": ("caid*", "caid*"),
    "kind": ("<numero>", "<numero>"),
}


@pytest.mark.parametrize(("text", "value"), VALUES.values(), ids=VALUES)
def test_value(text: str, value: Any) -> None:
    source, problems = read_source("a.yaml", f"clave: {text}".encode())
    assert problems == []
    assert source is not None
    assert source.value == {"clave": value}
    assert type(source.value["clave"]) is type(value)


REFUSED = {
    "repeated key": (b"a: 1\nb: 2\na: 3", 3, "se repite; ya est\u00e1 en la l\u00ednea 1"),
    "repeated key inside": (b"a:\n  - b: 1\n    b: 2", 3, "se repite"),
    "tag": (b"a: !!python/object:os.system x", 1, "marcas de tipo «!»"),
    "anchor": (b"a: &x 1", 1, "anclas «&»"),
    "alias": (b"a: 1\nb: *caid", 2, "referencias «*»"),
    "tab": (b"a:\n\tb: 1", 2, "tabulador"),
    "not utf-8": ("a: á".encode("latin-1"), 1, "UTF-8"),
    "utf-16": ("a: 1".encode("utf-16"), 1, "UTF-8"),
    "byte order mark": (b"\xef\xbb\xbfa: 1", 1, "BOM"),
    "nul": (b"a: 1\nb: \x00", 2, "carácter invisible"),
    "control character": (b"a: \x07", 1, "carácter invisible"),
    "too big": (b"#" * (MAX_BYTES + 1), 1, "256 KiB"),
    "too deep": (b"[" * (MAX_DEPTH + 2), 1, "20 niveles"),
    "unclosed quote": (b"a: 'x", 1, "cerrar unas comillas"),
    "unclosed list": (b"a: [1, 2\nb: 3", 2, "coma o el cierre"),
    "unquoted list name": (b"a: @plataforma", 1, "entre comillas"),
    "colon in a text": (b"a: uno: dos", 1, "entre comillas"),
    "backslash": (b'a: "\\d"', 1, "barra"),
    "wrong margin": (b"a:\n  b: 1\n c: 2", 3, "margen"),
    "two documents": (b"a: 1\n---\nb: 2", 2, "un solo documento"),
    "list as a key": (b"? [a]\n: b", 1, "clave de texto"),
}


@pytest.mark.parametrize(("content", "line", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(content: bytes, line: int, message: str) -> None:
    _, problems = read_source("a.yaml", content)
    assert len(problems) == 1
    assert problems[0].line == line
    assert message in problems[0].message


def test_every_path_has_its_line() -> None:
    source, _ = read_source(
        "a.yaml", b"version: 1\nreglas:\n  - id: a\n    cuando:\n      alguna: [x,\n        y]\n"
    )
    assert source is not None
    assert source.line(("reglas", 0, "id")) == 3
    assert source.line(("reglas", 0, "cuando", "alguna", 1)) == 6
    assert source.line(("reglas", 0, "cuando", "AnyOf", "alguna", 1)) == 6
    assert source.line(("reglas", 0, "falta")) == 3
    assert source.line(("nada",)) == 1


@given(st.binary(max_size=300))
def test_any_bytes_give_an_answer(content: bytes) -> None:
    source, problems = read_source("a.yaml", content)
    assert source is not None or problems


@given(st.text(alphabet="ab: -[]{},'\"#|>&*!%@\n\t ?\\", max_size=60))
def test_any_punctuation_gives_an_answer(content: str) -> None:
    source, problems = read_source("a.yaml", content.encode())
    assert source is not None or problems
