"""Do the differences of rule files name what came, went and changed?"""

from __future__ import annotations

from bot.policy.rule_diff import file_diffs, unified_diff

FIRST = b"version: 1\nreglas: []\n"
SECOND = b"version: 1\nreglas: [1]\n"


def test_files_that_differ_are_named_with_their_lines() -> None:
    before = {"a.yaml": FIRST, "same.yaml": FIRST, "gone.yaml": FIRST}
    after = {"a.yaml": SECOND, "same.yaml": FIRST, "new.yaml": FIRST}
    found = {one.file: (one.is_new, one.is_gone, one.added, one.removed) for one in file_diffs(before, after)}
    assert found == {
        "a.yaml": (False, False, 1, 1),
        "gone.yaml": (False, True, 0, 2),
        "new.yaml": (True, False, 2, 0),
    }
    assert file_diffs(before, after)[0].lines[-2:] == ("-reglas: []", "+reglas: [1]")


def test_a_patch_names_both_sides() -> None:
    lines = list(unified_diff({"a.yaml": FIRST}, {"a.yaml": SECOND, "b.yaml": b"x\n"}, "a/rules", "b/rules"))
    assert lines[:2] == ["--- a/rules/a.yaml", "+++ b/rules/a.yaml"]
    assert lines[-4:] == ["--- /dev/null", "+++ b/rules/b.yaml", "@@ -0,0 +1 @@", "+x"]
