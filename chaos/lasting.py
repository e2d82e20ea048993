"""How long somebody looks who wants to know whether trouble stays: a spinner, a button that is off, a blank page."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from chaos.observe import StepWatch
from chaos.seen import Control, PageState

_SPINNER_MS, _STUCK_MS, _BLANK_MS = 5_300.0, 1_300.0, 800.0
_MARGIN_MS = 300.0


def look_long_enough(watch: StepWatch, under_way: Callable[[], Collection[str]], patience_ms: float) -> None:
    """What stands on the page for a moment is no trouble; what stays is. Ends as soon as it is gone.

    `under_way` are the calls without an end: while there are some, a page may well show that it is at work, until the
    patience of a user is over.
    """
    seen = watch.look()
    if not seen.seen or seen.spinning:
        watch.keep_looking(_SPINNER_MS, holds=_spins)
        left = patience_ms - (time.time() - seen.at) * 1000 + _MARGIN_MS
        if left > 0 and _spins(watch.looks[-1]) and under_way():
            watch.keep_looking(left, holds=_spins)
    elif _has_off(seen):
        watch.keep_looking(_STUCK_MS, holds=_has_off)
    elif seen.empty:
        watch.keep_looking(_BLANK_MS, holds=lambda look: look.empty)


def _spins(look: PageState) -> bool:
    return look.spinning


def _has_off(look: PageState) -> bool:
    return any(map(_is_off, look.controls))


def _is_off(control: Control) -> bool:
    return not control.enabled or control.busy
