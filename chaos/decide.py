"""Decisions: a keyed hash and nothing else, so that the same seed makes the same storm.

No random generator is shared and no order of arrival counts: a decision is a function of the seed, the journey, the
actor, the step, the method, the template of the address, a digest of the parameters, how often this was called before
in the step, the rule and the repeat. So it is the same with one worker and with four, and stays what it was when
another step is added before. Two calls in flight with equal keys differ by `occurrence` only, and either may be first.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chaos.pattern import UrlPattern
from chaos.rule import CallFacts
from stormwalk.storm import BACKGROUND, DecisionKey
from stormwalk.templates import ID, template_of

# Parameters that exist to be different each time.
_CACHE_BUSTERS = frozenset({"_", "t", "ts", "cb", "nocache", "cachebuster", "timestamp"})
_LONGEST_BODY = 200_000
_DEEPEST = 6


def draw(seed: str, key: DecisionKey, label: str) -> float:
    """A number from 0 up to 1, the same for the same arguments in every process."""
    call = (key.step, key.method, key.template, key.params, key.occurrence)
    parts = (key.journey, key.actor, *call, key.rule, key.repeat, label)
    secret = hashlib.blake2b(seed.encode("utf-8", "surrogatepass"), digest_size=32).digest()
    digest = hashlib.blake2b(json.dumps(parts).encode(), digest_size=8, key=secret).digest()
    # 53 bits are what a float holds; with all 64 the greatest would be rounded up to 1.
    return (int.from_bytes(digest, "big") >> 11) / 2**53


def params_of(call: CallFacts) -> str:
    """A digest of what tells calls of one endpoint apart in every run alike.

    Query parameters count with their values, unless these look like ids or exist to be different each time; of a body
    only the shape counts, since it may hold what is new in each run (a name, an idempotency key); and of the path
    nothing, since its ids are places of the template.
    """
    query = sorted((key, _stable(value)) for key, value in _query(call.url) if key.lower() not in _CACHE_BUSTERS)
    if not query and not call.body:
        return ""
    told = json.dumps([query, _shape_of(call.body)])
    return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return []


def _stable(value: str) -> str:
    looks_like_an_id = len(value) > 4 and template_of(f"/{value.replace('/', '-')}") == f"/{ID}"
    return ID if looks_like_an_id else value


def _shape_of(body: bytes) -> object:
    if not body or len(body) > _LONGEST_BODY:
        return ""
    try:
        return _shape(json.loads(body))
    except (ValueError, RecursionError):
        return sorted(re.findall(r"(?:^|&)([\w.\[\]-]{1,60})=", body.decode("utf-8", "replace")))


def _shape(value: Any, depth: int = 0) -> object:
    if depth == _DEEPEST:
        return "..."
    if isinstance(value, dict):
        # GraphQL has one address for everything; there the name of the operation is the endpoint.
        named = {key: one for key, one in value.items() if key == "operationName" and isinstance(one, str)}
        return {key: named.get(key) or _shape(one, depth + 1) for key, one in sorted(value.items())}
    if isinstance(value, list):
        return [_shape(value[0], depth + 1)] if value else []
    return type(value).__name__


class Keys:
    """Gives calls their keys. Templates are declared or were learned before; nothing is learned in a storm.

    `background` are patterns of calls that no step causes, such as polling: with all that happens outside of any step
    they belong to the pseudo-step `*`.
    """

    def __init__(
        self, journey: str, repeat: int = 0, templates: Iterable[str] = (), background: Iterable[str] = ()
    ) -> None:
        self._journey = journey
        self._repeat = repeat
        self._templates = tuple(templates)
        self._background = tuple(UrlPattern(one) for one in background)
        self._seen: Counter[object] = Counter()

    def step_of(self, url: str, step: str) -> str:
        return BACKGROUND if not step or any(one.matches(url) for one in self._background) else step

    def count(self, call: CallFacts, *, actor: str, step: str, world: str) -> DecisionKey:
        """The key of this call, its rule aside. Calls of each `world` (browser, proxy, API) are counted apart."""
        key = DecisionKey(
            journey=self._journey,
            actor=actor,
            step=step,
            method=call.method,
            template=template_of(call.url, self._templates),
            params=params_of(call),
            occurrence=0,
            rule="",
            repeat=self._repeat,
        )
        self._seen[world, key] += 1
        return replace(key, occurrence=self._seen[world, key])
