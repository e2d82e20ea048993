"""Turns what pydantic found wrong into lines that name a key and what is expected.

Values are shown only by the validators of `stormwalk.config`, which know that theirs are no secrets;
the lines made here name the type of what was found and nothing else of it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

SHOWN = 5
_EXPECTED = {
    "missing": "expected, and missing",
    "string_type": "expected text",
    "string_too_short": "expected text that is not empty",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "bool_type": "expected true or false",
    "tuple_type": "expected a list",
    "list_type": "expected a list",
    "too_short": "expected a list that is not empty",
    "dict_type": "expected a table",
    "model_type": "expected a table",
}
_LIMITS = {"ge": "at least", "le": "at most"}
_FOUND = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "a table"}


def lines(
    problems: ValidationError, model: type[BaseModel], file: str, files: Mapping[str, str] | None = None
) -> list[str]:
    """One line for each problem in the order of the model, the first five of them, and how many more there are.

    `files` names the file of a top-level table that comes from another one.
    """
    errors = problems.errors(include_url=False)
    homes = [(files or {}).get(str(one["loc"][0]) if one["loc"] else "", file) for one in errors]
    return _few([f"{home}: {_line(one, model)}" for home, one in zip(homes, errors, strict=True)], file)


def first(found: Sequence[str], file: str) -> list[str]:
    """The same for problems that are lines already, all of one file."""
    return _few([f"{file}: {one}" for one in found], file)


def at(where: Sequence[str | int], message: str) -> str:
    """The line of a problem that pydantic knows nothing of."""
    return f"{_key(where)}: {message}"


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A hint at a word that is close, and all that are known."""
    close = difflib.get_close_matches(word, known, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{hint}expected one of: {', '.join(known)}" if known else "none is known"


def _few(found: list[str], file: str) -> list[str]:
    more = len(found) - SHOWN
    rest = [f"{file}: {more} more problem{'s' if more > 1 else ''}"] if more > 0 else []
    return found[:SHOWN] + rest


def _line(problem: Any, model: type[BaseModel]) -> str:
    where, context = problem["loc"], problem.get("ctx", {})
    if problem["type"] == "extra_forbidden":
        return f"{_key(where)}: {_unknown(str(where[-1]), _model_at(model, where[:-1]))}"
    key = _key((*where, *context.get("below", ())))
    return f"{key}: {_expectation(problem, context)}" if key else _expectation(problem, context)


def _expectation(problem: Any, context: dict[str, Any]) -> str:
    kind = problem["type"]
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"expected {context['expected']}"
    for limit, words in _LIMITS.items():
        if limit in context:
            return f"expected a number of {words} {context[limit]}"
    expected = _EXPECTED.get(kind)
    if expected is None:
        return str(problem["msg"]).replace("Input should be", "expected", 1)
    if kind.endswith("_type") or kind == "int_from_float":
        return f"{expected}, got {_FOUND.get(type(problem['input']), 'something else')}"
    return expected


def _key(where: Sequence[str | int]) -> str:
    """The place as TOML writes it; pydantic puts `[key]` behind a key that is itself what is wrong."""
    parts = where[:-1] if where and where[-1] == "[key]" else where
    return "".join(f"[{one}]" if isinstance(one, int) else f".{_bare(one)}" for one in parts).removeprefix(".")


def _bare(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{key[:60]}"'


def _unknown(key: str, model: type[BaseModel] | None) -> str:
    known = list(model.model_fields) if model else []
    return f"unknown key; {did_you_mean(key, known)}"


def _model_at(annotation: Any, where: Sequence[str | int]) -> type[BaseModel] | None:
    """The model that stands at the place `where`, through optional fields and tables of tables."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(where[0])) if where else None
        return _model_at(field.annotation, where[1:]) if field else annotation
    if get_origin(annotation) in (UnionType, Union):
        return next(filter(None, (_model_at(one, where) for one in get_args(annotation))), None)
    # Of a tuple the first says what it holds, of a dictionary the last.
    values = get_args(annotation)[:1] if get_origin(annotation) is tuple else get_args(annotation)[-1:]
    return _model_at(values[0], where[1:]) if values and where else None
