"""Does what the documents point at exist: files, headings, tests, parts of the code?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.commands import DOCS, HOME

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NAMED = re.compile(r"`(?:[\w…]+/)*(test_\w+)\.py(?:::(\w+?)(_?…|_\*)?)?`")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
TESTS = list((HOME / "tests").rglob("test_*.py"))


def links() -> list[tuple[Path, str]]:
    """Return each document with each place of this repository that it links to."""
    texts = [(doc, _COMMENT.sub("", doc.read_text(encoding="utf-8"))) for doc in DOCS]
    found = [(doc, link) for doc, text in texts for link in _LINK.findall(text)]
    return [(doc, link) for doc, link in found if "://" not in link]


def anchors(doc: Path) -> set[str]:
    """Return the names by which a document's headings can be linked to."""
    headings = _HEADING.findall(doc.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("doc", "link"), links(), ids=lambda value: getattr(value, "name", value))
def test_links_lead_somewhere(doc: Path, link: str) -> None:
    file, _, anchor = link.partition("#")
    target = (doc.parent / file) if file else doc
    assert target.exists()
    assert not anchor or anchor in anchors(target)


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_tests_that_are_named_exist(doc: Path) -> None:
    for file, name, cut in _NAMED.findall(doc.read_text(encoding="utf-8")):
        texts = [path.read_text(encoding="utf-8") for path in TESTS if path.stem == file]
        assert texts, file
        definition = re.compile(rf"def {name}{'' if cut else '[(]'}")
        assert not name or any(definition.search(text) for text in texts), f"{file}::{name}"
