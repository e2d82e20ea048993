"""A page without anything on it."""

from __future__ import annotations

from functools import partial

from chaos.scene import Scene, lasting_ms
from chaos.seen import PageState
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble

# A page that says less than a fifth of what its controls say is as good as empty.
_SHARE = 0.2


class BlankPage(Sign):
    name = "blank-page"
    about = "the page is empty, and stays so"
    severity = Severity.HIGH

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent where the controls are as empty, and where nobody can look inside (frames, closed shadow roots)."""
        usual = _usual_length(seen)
        lasted = lasting_ms(seen.storm.looks, partial(is_blank, seen))
        end = seen.storm.after
        if end is None or not usual or lasted < seen.limits.blank_for_ms:
            return ()
        evidence = [
            f"{end.text_length} characters are to be read, {usual} without the fault",
            "no control, no field, no picture, nothing that shows that the page is loading",
            *(f"failed: {one.told}" for one in seen.storm.calls if one.failed),
        ]
        words = f"the page {end.url or 'of the step'} is blank"
        return (self.trouble(seen, words, evidence, call=seen.blamed, at=end.at),)


def is_blank(seen: Scene, look: PageState) -> bool:
    """Whether there is next to nothing to be seen, and more in the controls."""
    return look.empty and look.text_length <= _SHARE * _usual_length(seen)


def _usual_length(seen: Scene) -> int:
    return min((end.text_length for end in seen.control_ends), default=0)
