"""How an experiment is called in pytest's name of an item.

    journeys/test_shopper.py::test_shopper[chromium-lost-reply]  a journey under the plan `lost-reply`
    journeys/test_shopper.py::test_shopper[chromium-control-1]   the first control of a journey
    journeys/test_shopper.py::test_shopper[chromium-latency-2]   the second walk under a plan that is walked repeatedly

Whoever makes the items and whoever judges them take the names from here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

CONTROL = "control"
_ENGINES = ("chromium", "firefox", "webkit")
_PLAIN = re.compile(r"[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*")
_LONGEST = 40


def slug_of(plan: str) -> str:
    """A plan's name as it stands in the name of an item: a plain name as it is, a rule in letters, digits and `-`.

    Two rules never have the same one, and every one can be selected with pytest's `-k`.
    """
    if _PLAIN.fullmatch(plan) and len(plan) <= _LONGEST and plan != CONTROL:
        return plan
    words = re.sub(r"[^a-z0-9]+", "-", plan.lower()).strip("-")[:_LONGEST].rstrip("-")
    return f"{words or 'plan'}-{hashlib.blake2b(plan.encode('utf-8', 'surrogatepass'), digest_size=3).hexdigest()}"


def experiment_id(plan: str, number: int = 0) -> str:
    """What an experiment adds to the name of its journey; `plan` is empty for a control.

    `number` counts from 1 the walks of what is walked more than once; 0 stands for the only one.
    """
    return f"{slug_of(plan) if plan else CONTROL}{f'-{number}' if number else ''}"


def base_of(nodeid: str, plans: Iterable[str] = ()) -> str:
    """The name of the journey without its experiment, as it is called in fair weather.

    `plans` are the names of the plans of the run. Without them everything behind the browser is the experiment.
    """
    return _split(nodeid, plans)[0]


def experiment_of(nodeid: str, plans: Iterable[str] = ()) -> str:
    """The experiment in the name of an item: `lost-reply`, `latency-2`, `control-1`; empty where there is none."""
    return _split(nodeid, plans)[1]


def is_of_plan(experiment: str, plan: str) -> bool:
    """Whether an experiment is a walk under this plan; with an empty `plan`, whether it is a control."""
    return re.fullmatch(rf"{re.escape(experiment_id(plan))}(?:-\d+)?", experiment) is not None


def variant_of(base: str) -> str:
    """The parameters of the journey itself, by which it differs from others of the same title; the browser is none."""
    parameters = base.partition("[")[2].removesuffix("]").split("-")
    for end in (0, -1):
        if parameters and parameters[end] in _ENGINES:
            del parameters[end]
    return "-".join(parameters)


def titled(title: str, base: str) -> str:
    """The title, with the parameters of the journey where it has some: with others it is another journey."""
    variant = variant_of(base)
    return f"{title} [{variant}]" if variant else title


def _split(nodeid: str, plans: Iterable[str]) -> tuple[str, str]:
    head, bracket, parameters = nodeid.partition("[")
    if not bracket or not parameters.endswith("]"):
        return nodeid, ""
    parameters = parameters[:-1]
    names = sorted({slug_of(plan) for plan in plans if plan}, key=lambda one: (-len(one), one))
    known = "|".join(map(re.escape, (*names, CONTROL)))
    # The last one that fits: a journey's own parameters may be called as a plan is.
    found = list(re.finditer(rf"(?<![^-])(?=((?:{known})(?:-\d+)?)(?![^-]))", parameters))
    if found:
        start, experiment = found[-1].start(), found[-1][1]
        rest = "-".join(
            filter(None, (parameters[:start].rstrip("-"), parameters[start + len(experiment) :].strip("-")))
        )
        return _with(head, rest), experiment
    if names:
        return nodeid, ""
    engine, _, rest = parameters.partition("-")
    return (_with(head, engine), rest) if engine in _ENGINES and rest else (nodeid, "")


def _with(head: str, parameters: str) -> str:
    return f"{head}[{parameters}]" if parameters else head
