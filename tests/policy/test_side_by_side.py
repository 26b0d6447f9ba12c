"""Is a text shown whole, with the words that decided marked where they stand?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.model import Policy, load_policy
from bot.policy.side_by_side import LONGEST_SHOWN, Piece, Trial, pieces, side
from bot.policy.verdict import Evidence, TicketField
from tests.rule_files import folder_with
from tests.world import MONDAY


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    found, problems = load_policy(folder_with(Path(tmp_path_factory.mktemp("rules")), "uno"))
    assert found is not None, problems
    return found


def evidence(start: int, end: int, rule: str = "r") -> Evidence:
    return Evidence(rule, TicketField.BODY, "", start, end, "")


def test_overlapping_words_are_marked_with_all_their_rules() -> None:
    found = pieces("abcdef", [evidence(1, 4, "x"), evidence(2, 5, "y"), evidence(2, 3, "x")])
    assert found == (
        Piece("a"),
        Piece("b", ("x",)),
        Piece("c", ("x", "y")),
        Piece("d", ("x", "y")),
        Piece("e", ("y",)),
        Piece("f"),
    )


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=6))
def test_the_pieces_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    assert "".join(one.text for one in pieces(text, (evidence(*span) for span in spans))) == text


def test_a_huge_text_is_cut_after_its_last_word_that_counts() -> None:
    text = "x" * (LONGEST_SHOWN + 100)
    assert sum(len(one.text) for one in pieces(text, [])) == LONGEST_SHOWN
    assert (
        sum(len(one.text) for one in pieces(text, [evidence(LONGEST_SHOWN, LONGEST_SHOWN + 50)]))
        == len(text) - 50
    )


def test_html_is_shown_as_its_reader_sees_it_with_level_and_dates(policy: Policy) -> None:
    found = side(policy, Trial("Consulta", "<p>Vi un <b>uno</b></p><script>x</script>", MONDAY))
    assert found.body == (Piece("Vi un "), Piece("uno", ("prueba-uno",)))
    assert (found.level, found.verdict.decided_by) == ("PREFERENTE", "prueba-uno")
    assert found.response_limit.isoformat() == "2026-11-26T10:00:00-05:00"
