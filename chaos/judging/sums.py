"""The sum that a page showed before its user agreed to it, read where the controls show theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chaos.judging.walk import Deed, Walk
from chaos.lexicon import pattern_of
from chaos.seen import PageState

_FIGURE = re.compile(r"\d+(?:[.,:\s]\d+)*")
_Place = tuple[str, str, int]
"""The line before, the line itself, both without their numbers, and how often that came before on the page."""


def shown_before(deed: Deed, controls: Sequence[Walk], right: int) -> int | None:
    """What stands, as the step begins, where the controls show the right sum (in its smallest unit).

    None where the controls do not all show it in one and the same place, or this page has no such place: what nobody
    could read proves nothing.
    """
    befores = [_before(one.at(deed)) for one in controls]
    places = [{place for place, sum_ in _sums(one) if sum_ == right} for one in befores if one is not None]
    common = set.intersection(*places) if places and len(places) == len(controls) else set()
    now = _before(deed)
    found = {sum_ for place, sum_ in _sums(now) if place in common} if now is not None else set()
    return found.pop() if len(found) == 1 else None


def _before(deed: Deed | None) -> PageState | None:
    seen = deed.observation if deed is not None else None
    return seen.before if seen is not None and seen.before is not None and seen.before.seen else None


def _sums(state: PageState) -> Iterator[tuple[_Place, int]]:
    """Lines with a single figure that has cents, and its value in cents."""
    times: dict[tuple[str, str], int] = {}
    above = ""
    for line in state.text.splitlines():
        pattern = pattern_of(line)
        figures = _FIGURE.findall(line)
        if len(figures) == 1 and (value := _cents(figures[0])) is not None:
            times[above, pattern] = times.get((above, pattern), 0) + 1
            yield (above, pattern, times[above, pattern]), value
        above = pattern


def _cents(figure: str) -> int | None:
    """A figure with two decimals, in whichever way its thousands are grouped; None for any other."""
    whole = re.fullmatch(r"(\d+(?:[.,\s]\d{3})*)[.,](\d\d)", figure)
    return int(re.sub(r"\D", "", whole[1])) * 100 + int(whole[2]) if whole else None
