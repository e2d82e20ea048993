"""What an undisturbed session counted around a step: the objects that are new or gone, and their sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chaos.judging.sums import shown_before
from chaos.judging.walk import Deed, Walk
from chaos.scene import Amount, Counted
from chaos.seen import Observation
from stormwalk.config.storm import EndStateTable
from stormwalk.storm_events import ObjectsCounted

_Span = tuple[ObjectsCounted, ObjectsCounted]


def objects_of(
    walk: Walk, deed: Deed, controls: Sequence[Walk], tables: Sequence[EndStateTable]
) -> tuple[Counted, ...]:
    """The objects around a step: as they were at the last count before it, and as they were at the next one."""
    found = (_counted(walk, deed, controls, table) for table in tables)
    return tuple(one for one in found if one is not None)


def amounts_of(walk: Walk, deed: Deed, controls: Sequence[Walk], tables: Sequence[EndStateTable]) -> Iterator[Amount]:
    """The sums of what the step made; right is what all controls agree upon."""
    for table in tables:
        if table.amount is None or not _makes(table, deed, controls):
            continue
        rights = {sum_ for one in controls for sum_ in _new_sums(one, one.at(deed), table.kind)}
        right = rights.pop() if len(rights) == 1 else None
        for kept in sorted(_new_sums(walk, deed, table.kind)):
            what = f"the sum of the {table.kind}"
            shown = shown_before(deed, controls, right) if right is not None else None
            yield Amount(what=what, shown=shown, kept=kept, right=right, made_by=_maker(table, controls))


def uncounted(walk: Walk, deed: Deed, controls: Sequence[Walk], tables: Sequence[EndStateTable]) -> str:
    """The kind of objects that the step makes and that nobody could count around it, though in a control somebody
    could; empty where there is none."""
    same = [(one, there) for one in controls if (there := one.at(deed)) is not None]
    for table in tables:
        usual = any(_span(one, there, table.kind) is not None for one, there in same)
        if usual and _span(walk, deed, table.kind) is None and _makes(table, deed, controls):
            return table.kind
    return ""


def _counted(walk: Walk, deed: Deed, controls: Sequence[Walk], table: EndStateTable) -> Counted | None:
    span = _span(walk, deed, table.kind)
    if span is None:
        return None
    return Counted(
        kind=table.kind,
        before=span[0].ids,
        after=span[1].ids,
        made=_made(table, deed, controls),
        made_by=_maker(table, controls),
        removes=_went_as_usual(walk, deed, span, controls) and _removed(deed, controls, table.kind),
        of_session=table.of_session,
        at_most=sum(_made(table, one, controls) for one in _between(walk, span)),
    )


def _made(table: EndStateTable, deed: Deed, controls: Sequence[Walk]) -> int:
    """How many the step makes; fewer than the project says where controls make fewer, as who adds to a basket what it
    holds already, and more only where every control makes more, as an order at two sellers."""
    if not _makes(table, deed, controls):
        return 0
    spans = (_span(one, same, table.kind) for one in controls if (same := one.at(deed)) is not None)
    usual = [len(set(span[1].ids) - set(span[0].ids)) for span in spans if span is not None]
    most, least = max(usual, default=table.made), min(usual, default=table.made)
    return max(min(table.made, most), least)


def _between(walk: Walk, span: _Span) -> Iterator[Deed]:
    """The steps between two counts: what is new at the second may be made by any of them."""
    last = span[1].step or max((one.index for one in walk.deeds), default=0) + 1
    return (one for one in walk.deeds if span[0].step <= one.index < last)


def _seen_between(walk: Walk, span: _Span) -> Iterator[Deed]:
    """Those that somebody looked at: what is gone at the second count may be gone by any of them."""
    return (one for one in _between(walk, span) if one.observation is not None)


def _makes(table: EndStateTable, deed: Deed, controls: Sequence[Walk]) -> bool:
    """Whether it is this step that makes such objects, as its controls show: by the call that the project names, or,
    where no control has made that, since there were more of them afterwards."""
    if _maker(table, controls):
        walks = [one for control in controls if (one := control.at(deed)) is not None]
        return any(_calls(one.observation, table.made_by) for one in (walks or [deed]))
    return any(_grew(one, same, table.kind) for one in controls if (same := one.at(deed)) is not None)


def _maker(table: EndStateTable, controls: Sequence[Walk]) -> str:
    """The call that makes such objects; empty where it is not known, or where no control has made it."""
    walked = [deed.observation for control in controls for deed in control.deeds]
    if table.made_by is None or (any(walked) and not any(_calls(one, table.made_by) for one in walked)):
        return ""
    return table.made_by


def _grew(walk: Walk, deed: Deed, kind: str) -> bool:
    span = _span(walk, deed, kind)
    wrote = deed.observation is not None and any(one.writes for one in deed.observation.calls)
    return wrote and span is not None and span[0].step == deed.index and bool(set(span[1].ids) - set(span[0].ids))


def _calls(seen: Observation | None, endpoint: str | None) -> bool:
    return seen is not None and any(one.endpoint == endpoint for one in seen.calls)


def _removed(deed: Deed, controls: Sequence[Walk], kind: str) -> bool:
    """Whether such objects are gone after the step in a control as well: an order empties the basket.

    Where no control was counted around the step, nobody knows what is usual, and nothing is said to be lost.
    """
    spans = [_span(one, same, kind) for one in controls if (same := one.at(deed)) is not None]
    known = [one for one in spans if one is not None]
    return not known or any(set(before.ids) - set(after.ids) for before, after in known)


def _went_as_usual(walk: Walk, deed: Deed, span: _Span, controls: Sequence[Walk]) -> bool:
    """Whether the step, or one since the count before it, came so far that it may have taken away what it takes away
    in calm weather."""
    return any(_came_far(one, controls) for one in (deed, *_seen_between(walk, span)))


def _came_far(deed: Deed, controls: Sequence[Walk]) -> bool:
    seen = deed.observation
    if seen is None or seen.done or deed.helped:
        return True
    effective = {one.endpoint for one in seen.calls if one.writes and one.took_effect}
    same = (one.at(deed) for one in controls)
    usual = [one.observation for one in same if one is not None and one.observation is not None]
    # What no control writes, such as a renewal of the session, is none of the step's own work.
    return bool(effective & {call.endpoint for one in usual for call in one.calls} if usual else effective)


def _span(walk: Walk, deed: Deed, kind: str) -> _Span | None:
    """The last count before the step and the next one after it; the very end counts for the last steps."""
    counts = [one for one in walk.counted if one.of == kind]
    before = [one for one in counts if 0 < one.step <= deed.index]
    later = [one for one in counts if one.step > deed.index]
    end = [one for one in counts if one.step == 0]
    if not before or not (later or end):
        return None
    following = min(later, key=lambda one: one.step) if later else end[-1]
    return max(before, key=lambda one: one.step), following


def _new_sums(walk: Walk, deed: Deed | None, kind: str) -> list[int]:
    span = _span(walk, deed, kind) if deed is not None else None
    if span is None or len(span[1].amounts) != len(span[1].ids):
        return []
    known = set(span[0].ids)
    return [amount for one, amount in zip(span[1].ids, span[1].amounts, strict=True) if one not in known]
