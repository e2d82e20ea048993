"""When business objects are counted: before each step that makes some, and at the very end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chaos.end_state import Count, Counter
from chaos.known import Endpoint, Known


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The count before a step of which nobody knows yet whether it makes something."""

    step: str
    index: int
    counts: Sequence[Count]


class Tally:
    """Counts for one walk. `counts` reads what there is now, `tell` writes down a count and the step it precedes.

    Which steps make objects is what controls show: by the calls that the project names, or since there are more of them
    afterwards. The first control has nobody to tell it: there every step is counted before, and the count is kept
    where the step turns out to make some.
    """

    def __init__(
        self, counter: Counter, known: Known, counts: Callable[[], Sequence[Count]], tell: Callable[[int, Count], None]
    ) -> None:
        self._counter = counter
        self._known = known
        self._counts = counts
        self._tell = tell
        self._kept: _Kept | None = None

    def before(self, step: str, index: int, *, is_control: bool) -> None:
        """A step is about to begin."""
        makes = self._makes(step, is_control=is_control)
        is_new = is_control and step not in self._known.calls and bool(self._counter.tables)
        if not (makes or is_new or self._kept):
            return
        counts = self._counts()
        self._compare(counts)
        if makes:
            self._write(index, counts)
        elif is_new:
            self._kept = _Kept(step=step, index=index, counts=counts)

    def _makes(self, step: str, *, is_control: bool) -> bool:
        known = self._known
        if known.calls and step not in known.calls and not is_control:
            # One that is called otherwise in each walk, after what is made up there, may be any of theirs.
            return bool(known.makers) or self._counter.made_by_any(known.all_calls)
        return step in known.makers or self._counter.made_by_any(known.of(step))

    def after(self, index: int, calls: set[Endpoint]) -> None:
        """The step has been done, and made these calls."""
        if self._kept is not None and self._counter.made_by_any(calls):
            self._write(index, self._kept.counts)
            self._kept = None

    def at_the_end(self) -> None:
        counts = self._counts()
        self._compare(counts)
        self._write(0, counts)

    def _compare(self, counts: Sequence[Count]) -> None:
        """What is there now and was not there before the last step, was made by it, by whatever call."""
        kept, self._kept = self._kept, None
        if kept is None:
            return
        had = {one.kind: set(one.ids) for one in kept.counts}
        if any(set(one.ids) - had.get(one.kind, set(one.ids)) for one in counts):
            self._known.makers.add(kept.step)
            self._write(kept.index, kept.counts)

    def _write(self, index: int, counts: Iterable[Count]) -> None:
        for one in counts:
            self._tell(index, one)
