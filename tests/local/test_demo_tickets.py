"""Do the sample tickets show all that the demo is to show?"""

from __future__ import annotations

from collections import Counter

import pytest

from bot.domain.level import Level
from bot.local.demo_tickets import CLOSED, OVERDUE_COMPANY, PHONE, SAMPLES, SampleTicket


def test_all_four_levels_come_in_several_wordings() -> None:
    levels = Counter(sample.expected.level for sample in SAMPLES)
    assert all(levels[level] >= 4 for level in Level)


def test_requesters_and_subjects_differ() -> None:
    assert len({sample.email for sample in SAMPLES}) == len(SAMPLES)
    assert len({sample.subject for sample in SAMPLES}) == len(SAMPLES)


def test_nobody_real_is_named() -> None:
    assert all(sample.email.endswith(".example") for sample in SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.email)
def test_what_is_expected_is_coherent(sample: SampleTicket) -> None:
    expected = sample.expected
    assert bool(sample.text) != bool(sample.html)
    if expected.level is None:
        assert sample.status == CLOSED
        assert not expected.tags
    else:
        assert f"sla-{expected.level.lower()}" in expected.tags
    assert not (sample.source == PHONE and expected.replies)
    assert ("servicio-suspendido" in expected.tags) == (sample.company == OVERDUE_COMPANY)
    assert ("sla-incumplido" in expected.tags) == (expected.escalation == "limite")
    assert ("sla-en-riesgo" in expected.tags) == (expected.escalation == "objetivo")
