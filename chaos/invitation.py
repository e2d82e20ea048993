"""What a page asks its user to do once more, in words: to press again what they pressed."""

from __future__ import annotations

from chaos.lexicon import asks_to_try_again
from chaos.scene import control_of
from chaos.seen import Control, Observation


def to_press_again(seen: Observation) -> Control | None:
    """The control that was pressed last, where the page has asked since then to try again and it can be pressed.

    A button that is merely still there is no offer: nobody has said that pressing it a second time is right.
    """
    last = seen.pressed[0] if seen.pressed else None
    control = control_of(seen.after, last.key) if last is not None else None
    if control is None or not control.enabled or control.busy:
        return None
    return control if any(map(asks_to_try_again, _fresh_words(seen))) else None


def _fresh_words(seen: Observation) -> list[str]:
    stood = set(seen.before.text.splitlines()) if seen.before else set()
    lines = seen.after.text.splitlines() if seen.after else []
    return [*(one.text for one in seen.said), *(line for line in lines if line not in stood)]
