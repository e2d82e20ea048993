"""Plans: named rules in TOML, with the hypothesis that they test.

    hypothesis = "The shopper gets their order, once."

    [rules]
    slow = "latency:500ms @ /api/**"            # in shorthand, or as a table:

    [rules.lost]
    fault = "lost-reply"
    with = { code = "timedout" }
    target = { url = "/api/orders", method = "POST", step = "Place the order" }
    probability = 0.5                           # or limit, phase, hops, scope

A file with `plans = [...]` instead of rules is a set: each of its plans is an experiment of its own.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaos.fault import FlowFault
from chaos.parameter import ParameterProblem, shown
from chaos.pattern import UrlPattern, not_below, origin_of
from chaos.rule import METHODS, Rule, RuleProblem, Target
from chaos.shorthand import fault_called, read_rule, target_value
from chaos.unsupported import unsupported
from stormwalk.config.file import read_toml
from stormwalk.config.file import shown as shown_path
from stormwalk.errors import PlanError, ProjectFileError
from stormwalk.storm import Layer, Phase, PlanEntry

_MOST_RULES = 200
HYPOTHESIS = "The journey completes or stops safely, and recovers."
STANDARD = "standard"
FOLDER = Path(__file__).parent / "plans"
# What several are named of; of anything else there is one in a rule.
_OF_SEVERAL = ("method", "type")
_RULE_KEYS = ("fault", "with", "target", "probability", "limit", "first", "phase", "hops", "scope")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is done to a journey. The ids of its rules are unique; `source` is its file, where it is one of yours;
    `shipped` says that it comes with Stormwalk."""

    name: str
    rules: tuple[Rule, ...]
    hypothesis: str = HYPOTHESIS
    source: str = ""
    shipped: bool = False

    def routes(self, base_url: str = "") -> frozenset[str]:
        """What Playwright has to hand to us: globs, and regular expressions, which begin with `^`."""
        routed = [one for one in self.rules if one.acts_in(Layer.ROUTE) or one.acts_in(Layer.PAGE)]
        return frozenset(_route(one, origin_of(base_url)) for one in routed if one.fault.per_call)

    @property
    def needs_proxy(self) -> bool:
        """Whether the context has to be made with `FaultProxy`."""
        return any(isinstance(one.fault, FlowFault) for one in self.rules)

    def entry(self) -> PlanEntry:
        rules = tuple(one.entry() for one in self.rules)
        return PlanEntry(name=self.name, hypothesis=self.hypothesis, rules=rules, source=self.source)


def _route(rule: Rule, origin: str) -> str:
    target = rule.target
    others_only = target.party == "third" and target.url.is_everything
    return not_below(origin) if others_only and origin else target.url.as_glob()


def plans_for(asked: str) -> tuple[Plan, ...]:
    """The plans that a name, a set's name, the path of a TOML file or a rule in shorthand stands for.

    Raises PlanError, one line.
    """
    if asked.endswith(".toml"):
        return read_plans(Path(asked))
    if asked in plan_names():
        return read_plans(FOLDER / f"{asked}.toml")
    if any(mark in asked for mark in "@: ") or asked in {one.name for one in unsupported()}:
        rule = read_rule(asked)
        # As it was written, but for blanks: those within quotes belong to the name of a step.
        name = asked.strip() if '"' in asked else " ".join(asked.split())
        return (Plan(name=name, rules=(rule,)),)
    try:
        return (Plan(name=asked, rules=(read_rule(asked),)),)
    except PlanError:
        close = difflib.get_close_matches(asked, plan_names(), n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        names = ", ".join(plan_names())
        raise PlanError(
            f'there is no plan "{asked[:60]}"; {hint}expected {names}, a file that ends in .toml, '
            "or a rule such as 'latency:500ms @ /api/**'"
        ) from None


def plan_names() -> tuple[str, ...]:
    """The plans and sets that come with Stormwalk."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def read_plans(path: Path, within: tuple[str, ...] = ()) -> tuple[Plan, ...]:
    """The plan of a file, or the plans of a set. Raises PlanError, one line with file, rule and key."""
    try:
        tables = read_toml(path)
    except ProjectFileError as problem:
        words = str(problem).replace("a project file, which --project FILE names", "a plan, or a name of --chaos-list")
        raise PlanError(words.replace("a project file", "a plan")) from None
    file = shown_path(path)
    try:
        if "plans" in tables:
            return _set(tables, path, within)
        return (_plan(path, tables),)
    except RuleProblem as problem:
        raise PlanError(f"{file}: {problem}") from None


def _set(tables: Mapping[str, Any], path: Path, within: tuple[str, ...]) -> tuple[Plan, ...]:
    _expect_keys("", tables, ("plans",))
    names = tables["plans"]
    if not isinstance(names, list) or not names or not all(isinstance(one, str) for one in names):
        raise RuleProblem("plans", "expected a list of names of plans")
    if path.stem in within:
        raise RuleProblem("plans", f"the set {path.stem} contains itself")
    found: list[Plan] = []
    for name in names:
        beside, shipped = path.parent / f"{name}.toml", FOLDER / f"{name}.toml"
        if not name.replace("-", "").replace("_", "").isalnum() or not (beside.exists() or shipped.exists()):
            raise RuleProblem("plans", f'there is no plan "{name[:60]}"; expected {", ".join(plan_names())}')
        found += read_plans(beside if beside.exists() else shipped, (*within, path.stem))
    return tuple(found)


def _plan(path: Path, tables: Mapping[str, Any]) -> Plan:
    _expect_keys("", tables, ("hypothesis", "rules"))
    hypothesis, rules = tables.get("hypothesis", HYPOTHESIS), tables.get("rules")
    if not isinstance(hypothesis, str) or not hypothesis.strip():
        raise RuleProblem("hypothesis", f"expected text, got {shown(hypothesis)}")
    if not isinstance(rules, dict) or not rules:
        raise RuleProblem("rules", "expected a table of rules, such as slow = 'latency:500ms @ /api/**'")
    if len(rules) > _MOST_RULES:
        raise RuleProblem("rules", f"expected at most {_MOST_RULES} rules in a plan, got {len(rules):,}")
    source = "" if path.parent == FOLDER else str(path)
    made = tuple(_rule(key, one) for key, one in rules.items())
    return Plan(name=path.stem, hypothesis=hypothesis, rules=made, source=source, shipped=not source)


def _rule(key: str, written: object) -> Rule:
    at = f"rules.{key}"
    if isinstance(written, str):
        try:
            return read_rule(written, key)
        except PlanError as problem:
            raise RuleProblem(at, str(problem)) from None
    if not isinstance(written, dict):
        raise RuleProblem(at, f"expected a table or a rule in shorthand, got {shown(written)}")
    _expect_keys(at, written, _RULE_KEYS)
    name = written.get("fault")
    if not isinstance(name, str):
        raise RuleProblem(f"{at}.fault", "expected the name of a fault")
    kind = fault_called(name, lambda expected: RuleProblem(f"{at}.fault", expected))
    try:
        fault = kind.of(_table(f"{at}.with", written.get("with", {})))
    except ParameterProblem as problem:
        raise RuleProblem(f"{at}.with{f'.{problem.key}' if problem.key else ''}", problem.expected) from None
    target = _target(f"{at}.target", written.get("target", {}))
    try:
        return Rule(id=key, fault=fault, target=target, **_options(written))
    except RuleProblem as problem:
        raise RuleProblem(f"{at}.{problem.key}", problem.expected) from None


def _options(written: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "probability" in written:
        found["probability"] = _number(written, "probability", 0, 1)
    if "limit" in written:
        found["limit"] = int(_number(written, "limit", 1, 10**6))
    if "phase" in written:
        found["phase"] = Phase(_word(written, "phase", tuple(Phase)))
    for key in ("first", "hops"):
        if key in written:
            if not isinstance(written[key], bool):
                raise RuleProblem(key, f"expected true or false, got {shown(written[key])}")
            found[key] = written[key]
    if "scope" in written:
        found["scope"] = _word(written, "scope", ("call", "attempt"))
    return found


def _number(written: Mapping[str, Any], key: str, low: float, high: float) -> float:
    value = written[key]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high or (low == 1 and value != int(value)):
        kind = "a whole number" if low == 1 else "a number"
        raise RuleProblem(key, f"expected {kind} from {low:g} to {high:g}, got {shown(value)}")
    return float(value)


def _word(written: Mapping[str, Any], key: str, among: tuple[str, ...]) -> str:
    if written[key] not in among:
        raise RuleProblem(key, f"expected {' or '.join(among)}, got {shown(written[key])}")
    return str(written[key])


def _target(at: str, written: object) -> Target:
    if isinstance(written, str):
        written = {"url": written}
    table = _table(at, written)
    _expect_keys(at, table, ("url", "method", "type", "party", "actor", "role", "step", "nth"))
    values: dict[str, Any] = {}
    for key, value in table.items():
        words = _words(f"{at}.{key}", value)
        if len(words) > 1 and key not in _OF_SEVERAL:
            raise RuleProblem(f"{at}.{key}", f"expected one text, got {shown(value)}; write a rule for each")
        try:
            if key == "url":
                values["url"] = UrlPattern(words[0])
            elif key == "method":
                values["methods"] = _methods(words)
            else:
                values |= target_value(key, ",".join(words))
        except ValueError as problem:
            raise RuleProblem(f"{at}.{key}", str(problem).removeprefix(f"{key}: ")) from None
    return Target(**values)


def _methods(words: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [one for one in words if one.upper() not in METHODS]
    if wrong:
        raise ValueError(f'expected {", ".join(METHODS)}, got "{wrong[0][:40]}"')
    return tuple(one.upper() for one in words)


def _words(at: str, value: object) -> tuple[str, ...]:
    words = value if isinstance(value, list) else [value]
    words = [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in words]
    if not words or not all(isinstance(one, str) and one for one in words):
        raise RuleProblem(at, f"expected text or a list of texts, got {shown(value)}")
    return tuple(words)


def _table(at: str, written: object) -> Mapping[str, Any]:
    if not isinstance(written, dict):
        raise RuleProblem(at, f"expected a table, got {shown(written)}")
    return written


def _expect_keys(at: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {close[0]}? " if close else ""
            raise RuleProblem(f"{at}.{key[:60]}".lstrip("."), f"unknown key; {hint}expected one of: {', '.join(known)}")
