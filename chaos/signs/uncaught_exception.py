"""The page's own code broke."""

from __future__ import annotations

import re

from chaos.lexicon import pattern_of
from chaos.scene import Scene
from chaos.seen import Observation
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble

# Neither is a mistake that anybody feels: a call that was given up on purpose, a layout that took two rounds.
_HARMLESS = re.compile(r"AbortError|ResizeObserver loop|The user aborted a request", re.IGNORECASE)


class UncaughtException(Sign):
    name = "uncaught-exception"
    about = "the page threw an exception, or rejected a promise, that nothing caught"
    severity = Severity.MEDIUM

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent for what the controls throw as well, and for lines of the console that only report the fault."""
        usual = {pattern_of(text) for control in seen.controls for text in _thrown(control)}
        fresh = {pattern_of(text): text for text in _thrown(seen.storm) if pattern_of(text) not in usual}
        if not fresh:
            return ()
        texts = list(fresh.values())
        failed = [f"before it: {one.told}" for one in seen.storm.calls if one.failed]
        words = f"the page does not catch: {texts[0].splitlines()[0][:160]}"
        severity = self.severity if seen.storm.done else Severity.HIGH
        call = seen.blamed or next((one.endpoint for one in seen.storm.calls if one.failed and one.matters), "")
        return (self.trouble(seen, words, [*texts, *failed], call=call, severity=severity),)


def _thrown(walk: Observation) -> list[str]:
    return [one.text for one in walk.console if one.level == "pageerror" and not _HARMLESS.search(one.text)]
