"""Compares what was decided in two runs of one seed: the same key has to have the same decision in both.

    python -m chaos compare RUN RUN

Keys that only one run has are no contradiction, and are explained: a walk was made in one run only, a call was made
more often, or not at all. Background calls (`*`) come as often as there is time for them, and are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from chaos.judging.story import story_of
from stormwalk.events import Event
from stormwalk.storm import BACKGROUND, DecisionKey, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyOne:
    """A key that only one of two runs has, and why; `first` says which."""

    key: DecisionKey
    first: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What two decision logs have in common. `differing` are keys with a different decision in each."""

    seeds: tuple[str, str]
    both: tuple[DecisionKey, ...]
    differing: tuple[DecisionKey, ...]
    only_one: tuple[OnlyOne, ...]

    @property
    def same_seed(self) -> bool:
        return self.seeds[0] == self.seeds[1]

    @property
    def agree(self) -> bool:
        """Whether both made the same storm, as far as both met it."""
        return self.same_seed and not self.differing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    """What one run decided: for each layer, since a page and an API client may make the same call, whether a fault
    struck and which one. And which experiments it walked, by journey, plan and repeat."""

    seed: str
    fired: Mapping[DecisionKey, Mapping[Layer, tuple[bool, str]]]
    walks: frozenset[tuple[str, str, int]]


def compare(first: Iterable[Event], second: Iterable[Event]) -> Comparison:
    """Compares the events of two runs. Whatever is missing in either is listed, and never guessed."""
    one, two = _log(first), _log(second)
    both = sorted(one.fired.keys() & two.fired.keys(), key=_order)
    return Comparison(
        seeds=(one.seed, two.seed),
        both=tuple(both),
        differing=tuple(key for key in both if _differ(one.fired[key], two.fired[key])),
        only_one=(*_only(one, two, first=True), *_only(two, one, first=False)),
    )


def _log(events: Iterable[Event]) -> _Log:
    story = story_of(events)
    fired: defaultdict[DecisionKey, dict[Layer, tuple[bool, str]]] = defaultdict(dict)
    walks = set()
    for walk in story.storms:
        for decision in walk.decisions:
            # Two plans may have rules of one name, which are two rules.
            key = replace(decision.key, rule=f"{walk.plan}/{decision.key.rule}")
            walks.add((key.journey, walk.plan, key.repeat))
            if key.step != BACKGROUND:
                fired[key][decision.layer] = decision.fired, decision.fault
    return _Log(seed=story.seed, fired=fired, walks=frozenset(walks))


def _differ(one: Mapping[Layer, tuple[bool, str]], two: Mapping[Layer, tuple[bool, str]]) -> bool:
    return any(one[layer] != two[layer] for layer in one.keys() & two.keys())


def _only(having: _Log, lacking: _Log, *, first: bool) -> Iterable[OnlyOne]:
    for key in sorted(having.fired.keys() - lacking.fired.keys(), key=_order):
        yield OnlyOne(key=key, first=first, why=_why(key, lacking))


def _why(key: DecisionKey, lacking: _Log) -> str:
    walked = (plan for journey, plan, repeat in lacking.walks if (journey, repeat) == (key.journey, key.repeat))
    if not any(key.rule.startswith(f"{plan}/") for plan in walked):
        return "the other run struck nothing in this walk, or did not make it"
    alike = {_but(other) for other in lacking.fired}
    if _but(key) in alike:
        return "the other run made this call less often in the step"
    if _but(replace(key, params="")) in {replace(other, params="") for other in alike}:
        return "the other run made this call with other parameters"
    if any((other.journey, other.step, other.repeat) == (key.journey, key.step, key.repeat) for other in alike):
        return "the other run did not make this call in the step"
    return "the other run did not come to this step, or nothing was struck there"


def _but(key: DecisionKey) -> DecisionKey:
    return replace(key, occurrence=0)


def _order(key: DecisionKey) -> tuple[str, ...]:
    return (
        key.journey,
        key.rule,
        str(key.repeat),
        key.step,
        key.template,
        key.method,
        key.params,
        f"{key.occurrence:6}",
    )


def told(comparison: Comparison) -> list[str]:
    """The comparison in lines: what agrees, what does not, and what only one run has."""
    lines = []
    if not comparison.same_seed:
        lines.append("the seeds differ ({} and {}), and so may all decisions".format(*comparison.seeds))
    lines.append(f"{len(comparison.both)} decisions in both runs, {len(comparison.differing)} of them different")
    lines += [f"  different: {_said(key)}" for key in comparison.differing]
    for one in comparison.only_one:
        lines.append(f"  only in the {'first' if one.first else 'second'}: {_said(one.key)}: {one.why}")
    return lines


def _said(key: DecisionKey) -> str:
    again = f", call {key.occurrence}" if key.occurrence > 1 else ""
    walk = f", walk {key.repeat + 1}" if key.repeat else ""
    return f"{key.method} {key.template} in {key.step!r}{again}{walk} under {key.rule} ({key.journey})"
