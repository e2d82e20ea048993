"""What is known of endpoints before anybody has written a matrix: sights from files and runs, and the draft of them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from stormwalk.access.matrix import Ask
from stormwalk.config.access import EVERYBODY, SIGNED_IN
from stormwalk.config.access_words import READING, methods_and_path, shape

_HEAD = """\
# A DRAFT: who may do what, as far as it can be told from {source}.
# It says what is, not what should be: a leak that is there already stands here as allowed. So a person has to confirm
# it: read each line, write `own` where only one's own is meant, add example bodies and proofs, remove `draft = true`.

[access]
draft = true
anonymous = "unauthenticated"
default = "deny"

[access.endpoints]
"""


_NOT_WRITTEN = ("HEAD", "OPTIONS")
_LONGEST = 2_000
"""Characters of a path or a body: a matrix is for people, and a project file has a limit."""
_MOST_COMMENTS = 20
_DEEPEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One endpoint as it was met: its path below the API root, and who got in (roles, or a word for several).

    `seen` are roles and statuses, `remark` is what else the reader of the draft should know of it.
    """

    method: str
    path: str
    let_in: frozenset[str] = frozenset()
    body: Any = None
    params: Mapping[str, str] = field(default_factory=dict)
    seen: tuple[str, ...] = ()
    remark: str = ""


def draft(sights: Iterable[Sight], source: str) -> tuple[str, int]:
    """The text of a matrix that says what was met, and how many endpoints it has. It passes the validator."""
    met = [one for one in sights if one.method not in _NOT_WRITTEN]
    good = [one for one in met if _can_be_written(one)]
    left_out = dict.fromkeys(f"{one.method} {one.path}" for one in met if not _can_be_written(one))
    lines = [_line(one) for one in _merged(good)]
    comments = [f"# left out, since no path is written like this: {_printable(one[:100])}" for one in left_out]
    text = "".join(f"{line}\n" for line in [*lines, *comments[:_MOST_COMMENTS]])
    return _HEAD.format(source=_printable(source)) + text, len(lines)


def place_names(segments: Sequence[str]) -> Iterator[str]:
    """The segments of a path with `{id}` named after what stands before it: `/orders/{id}` is `/orders/{order}`."""
    used: set[str] = set()
    before = ""
    for segment in segments:
        if "{id}" in segment:
            name = _singular(re.sub(r"[^A-Za-z0-9_-]", "", before)) or "id"
            free = next(one for one in (name, *(f"{name}{n}" for n in range(2, 99))) if one not in used)
            used.add(free)
            segment = segment.replace("{id}", f"{{{free}}}", 1)
        else:
            before = segment
        yield segment


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _can_be_written(sight: Sight) -> bool:
    return methods_and_path(f"{sight.method} {sight.path}") is not None and len(sight.path) <= _LONGEST


def _merged(sights: Iterable[Sight]) -> list[Sight]:
    """One sight for each endpoint, in the order of paths."""
    found: dict[tuple[str, str], Sight] = {}
    for sight in sights:
        key = shape(sight.method, sight.path)
        found[key] = _both(found[key], sight) if key in found else sight
    return sorted(found.values(), key=lambda one: (one.path, one.method))


def _both(one: Sight, other: Sight) -> Sight:
    return replace(
        one,
        let_in=one.let_in | other.let_in,
        body=other.body if one.body is None else one.body,
        # The names of places may differ, and only those of the first stand in the path.
        params=one.params,
        seen=tuple(dict.fromkeys((*one.seen, *other.seen))),
        remark=one.remark or other.remark,
    )


def _line(sight: Sight) -> str:
    parts = {"allow": _who(sight.let_in)} if sight.let_in else {}
    places = Ask(method=sight.method, path=sight.path).places
    if places:
        parts["params"] = {place: sight.params.get(place, "1")[:_LONGEST] for place in places}
    takes_body = sight.method not in (*READING, "DELETE")
    body = None if sight.body is None or _depth(sight.body) > _DEEPEST else _toml(sight.body)
    fits = body is not None and len(body) <= _LONGEST
    remark = "; ".join(
        filter(None, [sight.remark, _seen(sight), "" if fits or not takes_body else "add a body where it takes one"])
    )
    said = _toml(parts)
    if fits:
        said = f"{{ body = {body} }}" if said == "{}" else f"{said.removesuffix(' }')}, body = {body} }}"
    line = f"{_text(f'{sight.method} {sight.path}')} = {said}"
    return f"{line}  # {_printable(remark)}" if remark else line


def _depth(value: Any) -> int:
    """How deep lists and objects lie in each other, without going deeper than the answer needs."""
    level, depth = [value], 0
    while level and depth <= _DEEPEST:
        lists = [one for one in level if isinstance(one, list)]
        objects = [list(one.values()) for one in level if isinstance(one, dict)]
        level, depth = [inner for one in (*lists, *objects) for inner in one], depth + 1
    return depth


def _seen(sight: Sight) -> str:
    seen = f"seen: {', '.join(sight.seen[:12])}{', ...' if len(sight.seen) > 12 else ''}" if sight.seen else ""
    return seen if sight.let_in else f"{seen}; nobody was seen to get in".removeprefix("; ")


def _who(let_in: frozenset[str]) -> Any:
    """The widest word that was met says it all."""
    for word in (EVERYBODY, SIGNED_IN):
        if word in let_in:
            return word
    return sorted(let_in)


def _toml(value: Any) -> str:
    """A value in one line. TOML has no null: fields without a value are left out."""
    if isinstance(value, Mapping):
        fields = [f"{_key(str(key))} = {_toml(one)}" for key, one in value.items() if one is not None]
        return f"{{ {', '.join(fields)} }}" if fields else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(one) for one in value if one is not None)}]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return _text(str(value))  # more than every reader of TOML has to know
    if isinstance(value, float) and not math.isfinite(value):
        return "0.0"  # a constant of JavaScript that is not JSON
    return json.dumps(value)


def _key(value: str) -> str:
    return value if re.fullmatch(r"[A-Za-z0-9_-]+", value) else _text(value)


def _text(value: str) -> str:
    """TOML's basic strings are those of JSON, but for two things: DEL is written out, and half a character is none."""
    whole = value.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def _printable(text: str) -> str:
    """Fit for a comment: one line, without control characters."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]+", " ", text)
