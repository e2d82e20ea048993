"""Rules as they are written on a command line.

rule    = fault { option } [ "@" target ]
fault   = NAME [ ":" VALUE | ":" KEY "=" VALUE { "," ... } ]     the first value may go without its key
option  = "once" | NUMBER "times" | "first" | NUMBER "%" | "before" | "after" | "hops" | "attempt"
target  = [ METHOD { "," METHOD } ] PATTERN { KEY "=" VALUE }
KEY     of a target: type, party, actor, role, step, nth
VALUE   in double quotes where it has blanks or commas

latency:500ms @ /api/**
http:503,retry_after=2 once @ POST /api/orders step="Place the order"
lost-reply 30% @ POST,PUT /api/**
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass, field
from typing import Any

import chaos.faults  # noqa: F401 - registers them
from chaos.fault import Fault
from chaos.parameter import ParameterProblem, parameters_of
from chaos.pattern import UrlPattern
from chaos.rule import METHODS, TYPES, Rule, RuleProblem, Target
from chaos.unsupported import unsupported
from stormwalk.errors import PlanError
from stormwalk.storm import Phase

_WORD = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^\s"])+')
_PIECE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,"])+')
_TARGET_KEYS = ("type", "party", "actor", "role", "step", "nth")
_LONGEST = 2000


class _Wrong(Exception):
    def __init__(self, column: int, expected: str) -> None:
        super().__init__(expected)
        self.column = column
        self.expected = expected


@dataclass(slots=True)
class _Reading:
    """The words of a rule that are still to be read, each with the column where it begins, counted from 1."""

    words: list[tuple[int, str]]
    end: int
    fault: Fault | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def next(self) -> tuple[int, str]:
        return self.words.pop(0)

    @property
    def ahead(self) -> str:
        return self.words[0][1] if self.words else ""


def read_rule(written: str, rule_id: str = "") -> Rule:
    """The rule. Raises PlanError, one line that shows the column where it goes wrong."""
    try:
        return _rule(written, rule_id)
    except _Wrong as wrong:
        raise PlanError(f"rule '{written[:120]}': column {wrong.column}: {wrong.expected}") from None


def _rule(written: str, rule_id: str) -> Rule:
    if len(written) > _LONGEST:
        raise _Wrong(_LONGEST, f"expected at most {_LONGEST} characters")
    words = [(one.start() + 1, one[0]) for one in _WORD.finditer(written)]
    if sum(len(word) for _, word in words) != len(re.sub(r"\s", "", written)) and written.count('"') % 2:
        raise _Wrong(written.rindex('"') + 1, "expected a second double quote")
    reading = _Reading(words=words, end=len(written) + 1)
    if not reading.words:
        raise _Wrong(1, "expected a fault, as in latency:500ms @ /api/**")
    start = reading.words[0][0]
    fault = _fault(*reading.next())
    options = _options(reading)
    target = _target(reading)
    try:
        return Rule(id=rule_id or " ".join(written.split()), fault=fault, target=target, **options)
    except RuleProblem as problem:
        raise _Wrong(start, str(problem)) from None


def _fault(column: int, word: str) -> Fault:
    name, colon, values = word.partition(":")
    kind = fault_called(name, lambda expected: _Wrong(column, expected))
    given: dict[str, object] = {}
    at = column + len(name) + 1
    if colon and not values:
        raise _Wrong(at, f"expected a value behind {name}:")
    for piece in _PIECE.finditer(values):
        key, value = _pair(piece[0])
        known = list(parameters_of(kind))
        if not key and not known:
            raise _Wrong(at + piece.start(), f"{name} has no parameters")
        if not key and given:
            raise _Wrong(at + piece.start(), f"expected KEY=VALUE, got {piece[0][:40]}; {name} has: {', '.join(known)}")
        given[key or known[0]] = value
    try:
        return kind.of(given)
    except ParameterProblem as problem:
        raise _Wrong(at, str(problem)) from None


def fault_called(name: str, problem: Any) -> type[Fault]:
    """The fault of this name; raises what `problem` makes of the words that say what is wrong."""
    if name in Fault.registry:
        return Fault.registry[name]
    for one in unsupported():
        if one.name == name:
            raise problem(f"{name} is not supported: {one.unsupported}")
    close = difflib.get_close_matches(name, Fault.registry, n=1)
    hint = f"did you mean {close[0]}?" if close else f"expected one of: {', '.join(sorted(Fault.registry))}"
    raise problem(f'unknown fault "{name[:40]}"; {hint}')


def _options(reading: _Reading) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while reading.words and reading.ahead != "@":
        column, word = reading.next()
        if word == "once":
            found["limit"] = 1
        elif word in ("before", "after"):
            found["phase"] = Phase(word)
        elif word in ("hops", "first"):
            found[word] = True
        elif word in ("call", "attempt"):
            found["scope"] = word
        elif percent := re.fullmatch(r"(\d{1,3}(?:\.\d+)?)%", word):
            found["probability"] = _probability(column, percent[1])
        elif re.fullmatch(r"[1-9]\d{0,5}", word) and reading.ahead in ("times", "time"):
            found["limit"] = int(word)
            reading.next()
        else:
            known = "once, N times, N%, first, before, after, hops, attempt or @"
            raise _Wrong(column, f"expected {known}, got {word[:40]}")
    return found


def _probability(column: int, digits: str) -> float:
    share = float(digits) / 100
    if share > 1:
        raise _Wrong(column, f"expected at most 100%, got {digits}%")
    return share


def _target(reading: _Reading) -> Target:
    if not reading.words:
        return Target()
    reading.next()
    methods = _methods(reading)
    if not reading.words:
        raise _Wrong(reading.end, "expected a pattern such as /api/** behind @")
    column, word = reading.next()
    try:
        url = UrlPattern(word)
    except ValueError as problem:
        raise _Wrong(column, str(problem)) from None
    values: dict[str, Any] = {}
    for column, word in reading.words:
        key, value = _pair(word)
        try:
            values |= target_value(key, value)
        except ValueError as problem:
            raise _Wrong(column, str(problem)) from None
    return Target(url=url, methods=methods, **values)


def _methods(reading: _Reading) -> tuple[str, ...]:
    if not reading.words or not re.fullmatch(r"[A-Za-z]+(,[A-Za-z]+)*", reading.ahead):
        return ()
    column, word = reading.next()
    methods = tuple(word.upper().split(","))
    for method in methods:
        if method not in METHODS:
            raise _Wrong(column, f"expected a method ({', '.join(METHODS)}) or a pattern, got {word[:40]}")
    return methods


def target_value(key: str, value: str) -> dict[str, Any]:
    """The fields of a target that one key stands for. Raises ValueError."""
    if key not in _TARGET_KEYS:
        raise ValueError(f"expected {', '.join(_TARGET_KEYS)} with =, got {key[:40] or value[:40]}")
    if key == "type":
        types = tuple(value.split(","))
        wrong = [one for one in types if one not in TYPES]
        if wrong:
            raise ValueError(f'type: expected {", ".join(TYPES)}, got "{wrong[0][:40]}"')
        return {"types": types}
    if key == "party" and value not in ("first", "third"):
        raise ValueError(f'party: expected first or third, got "{value[:40]}"')
    if key == "nth":
        if not re.fullmatch(r"[1-9]\d{0,5}", value):
            raise ValueError(f'nth: expected a number from 1, got "{value[:40]}"')
        return {"nth": int(value)}
    if not value:
        raise ValueError(f"{key}: expected text that is not empty")
    return {key: value}


def _pair(piece: str) -> tuple[str, str]:
    """`key="a value"` as key and value; the key is empty where there is none."""
    match = re.fullmatch(r"([a-z_]+)=(.*)", piece, re.DOTALL)
    key, value = (match[1], match[2]) if match else ("", piece)
    if len(value) > 1 and value[0] == value[-1] == '"':
        try:
            value = str(json.loads(value))
        except ValueError:
            value = value[1:-1]
    return key, value
