"""When are the rules compiled? At the first question about a text: not every process asks one."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from bot.policy.collecting import without_collections
from bot.policy.matching import Classifier, compile_rules
from bot.policy.phrases import forget_phrases


class Compiled:
    """Hold the classifier of valid sections; shared by threads, the first to ask builds it for all."""

    def __init__(self, sections: Mapping[str, Any], classifier: Classifier | None = None) -> None:
        # A plain copy: the lines and files that sections bring along are not needed to classify.
        self._sections = None if classifier else dict(sections)
        self._classifier = classifier
        self._building = threading.Lock()

    @property
    def classifier(self) -> Classifier:
        """Return the classifier."""
        if self._classifier is None:
            with self._building:
                self._classifier = self._classifier or self._build()
        return self._classifier

    @without_collections()
    def _build(self) -> Classifier:
        assert self._sections is not None
        classifier = compile_rules(self._sections)
        self._sections = None  # the word weights are large, and read no more
        forget_phrases()
        return classifier
