"""How long do others take to find the same keywords in the same text?

In: `text`, `keywords`, `seconds` a rival. Out: microseconds of one text by rival, and how many were found.
"""

from __future__ import annotations

import json
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator


def main() -> None:
    """Measure every rival that can be imported; the best of many repetitions counts."""
    question = json.load(sys.stdin)
    text, keywords = question["text"], question["keywords"]
    answer = {}
    for name, rival in rivals(keywords):
        answer[name] = {"us": best_micros(rival, text, question["seconds"]), "found": rival(text)}
    json.dump(answer, sys.stdout)


def rivals(keywords: list[str]) -> Iterator[tuple[str, Callable[[str], int]]]:
    """Yield name and search; each normalises the text as it must for accents and case not to matter."""
    yield "re each", re_each(keywords)
    yield "alternation", alternation(keywords)
    for name, build in (("flashtext", flashtext), ("spacy", spacy), ("scan", scan)):
        try:
            yield name, build(keywords)
        except ImportError:
            continue


def plain(text: str) -> str:
    """Return text in small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def re_each(keywords: list[str]) -> Callable[[str], int]:
    """Search one compiled pattern a keyword."""
    patterns = [re.compile(rf"\b{re.escape(word)}\b") for word in keywords]

    def search(text: str) -> int:
        flat = plain(text)
        return sum(pattern.search(flat) is not None for pattern in patterns)

    return search


def alternation(keywords: list[str]) -> Callable[[str], int]:
    """Search one pattern of all keywords, the longest first."""
    words = sorted(keywords, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
    return lambda text: len(set(pattern.findall(plain(text))))


def flashtext(keywords: list[str]) -> Callable[[str], int]:
    """Search with flashtext."""
    from flashtext import KeywordProcessor

    processor = KeywordProcessor()
    processor.add_keywords_from_list(keywords)
    return lambda text: len(set(processor.extract_keywords(plain(text))))


def spacy(keywords: list[str]) -> Callable[[str], int]:
    """Search with spaCy's PhraseMatcher on the tokens of a blank Spanish pipeline."""
    from spacy.lang.es import Spanish
    from spacy.matcher import PhraseMatcher

    nlp = Spanish()
    matcher = PhraseMatcher(nlp.vocab)
    matcher.add("keywords", [nlp.make_doc(word) for word in keywords])

    def search(text: str) -> int:
        doc = nlp.make_doc(plain(text))
        return len({doc[start:end].text for _, start, end in matcher(doc)})

    return search


def scan(keywords: list[str]) -> Callable[[str], int]:
    """Scan with an Aho-Corasick automaton in C and no word borders: the limit, with normalisation."""
    from ahocorasick import Automaton

    automaton = Automaton()
    for word in keywords:
        automaton.add_word(word, word)
    automaton.make_automaton()
    return lambda text: len({word for _, word in automaton.iter(plain(text))})


def best_micros(search: Callable[[str], int], text: str, seconds: float) -> float:
    """Return the microseconds of one search, as the best of all that fit into the time."""
    best, ends = float("inf"), time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        search(text)
        now = time.perf_counter()
        best = min(best, now - start)
        if now > ends:
            return best * 1e6


if __name__ == "__main__":
    main()
