"""Patterns that make other engines try for ever are answered at once, whoever wrote the text."""

from __future__ import annotations

import pytest

from bot.policy.regexes import RegexSet, compiled_regex
from bot.policy.text import MAX_CHARACTERS, read

EVIL = [r"(a+)+$", r"(a|a)*$", r"^(\w+\s?)*$", r"(.*)*x", r"(a?){30}a{30}!", r"([a-z]+)*\d", r"(x+x+)+y"]


@pytest.mark.timeout(20)  # the first of them takes other engines seconds at 28 letters, and doubles with each
@pytest.mark.parametrize("pattern", EVIL)
@pytest.mark.parametrize("letter", ["a", "x", "a "], ids=["a", "x", "words"])
def test_no_text_makes_a_pattern_hang(pattern: str, letter: str) -> None:
    text = read("asunto", letter * MAX_CHARACTERS + "!")
    assert set(RegexSet({pattern: 1}).find(text)) <= {1}


@pytest.mark.parametrize("pattern", [r"(a)\1", r"(?=a)b", r"(?<!a)b", r"(?>a+)b", r"a{5000}", "(" * 5000])
def test_what_cannot_be_answered_at_once_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="RE2 no acepta"):
        compiled_regex(pattern)
