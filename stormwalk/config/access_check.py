"""What is wrong with a matrix that no single value of it shows: roles and kinds that nobody knows, endpoints that stand
twice, places that nothing fills, words that contradict each other.

Pure. A problem is the key where it stands and what follows `file: key: `.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from stormwalk.access.matrix import ANONYMOUS, Ask
from stormwalk.access.results import Expected
from stormwalk.config.access import EVERYBODY, GROUPS, AccessTable, AskTable, WhoTable
from stormwalk.config.access_facts import FILLED_BY_THE_PROBE, Facts
from stormwalk.config.access_proofs import proof_problems
from stormwalk.config.access_words import Line, inherited, methods_and_path, of_endpoint
from stormwalk.config.problems import did_you_mean

Where = tuple[str | int, ...]
Problem = tuple[Where, str]
Problems = Iterator[Problem]


def problems(table: AccessTable, people: Mapping[str, int]) -> Problems:
    """Everything that is wrong. `people` says how many actors each role of the project has."""
    facts = Facts.of(table, people)
    found = chain(
        (problem for word in GROUPS if word in people for problem in [_taken(word)]),
        _who(facts),
        _keys(facts),
        _idle_paths(facts),
        _objects(facts),
        chain.from_iterable(_endpoint(facts, line) for line in facts.lines),
        _second_actors(facts),
        _role_change(facts),
        _pages(facts),
        _controls(facts),
    )
    # A key with several methods would say the same of each.
    return iter(dict.fromkeys((("access", *where), message) for where, message in found))


def _taken(word: str) -> Problem:
    return (), f'expected no role that is called "{word}"; here it is a word for several roles'


def _who(facts: Facts) -> Problems:
    table = facts.table
    groups: list[tuple[str, Mapping[str, WhoTable]]] = [
        ("under", table.under),
        ("endpoints", table.endpoints),
        ("pages", table.pages),
        ("pages_under", table.pages_under),
    ]
    for name, tables in groups:
        for key, one in tables.items():
            yield from (((name, key, *where), message) for where, message in _of_one(facts, one))


def _of_one(facts: Facts, who: WhoTable) -> Problems:
    said: dict[str, Expected] = {}
    for word, names in who.words.items():
        for name in names:
            if name not in (*facts.roles, *GROUPS):
                yield (word.value,), f'unknown role "{name[:40]}"; {did_you_mean(name, (*facts.roles, *GROUPS))}'
            elif said.setdefault(name, word) is not word:
                yield (word.value,), f"expected one word for {name}; {said[name].value} names it too"
            elif word is Expected.OWN and name in (ANONYMOUS, EVERYBODY):
                yield (word.value,), f"expected roles with an account, got {name}; who has none owns nothing"


def _keys(facts: Facts) -> Problems:
    seen: dict[tuple[str, str], str] = {}
    for key in facts.table.endpoints:
        if methods_and_path(key) is None:
            yield ("endpoints", key), 'expected methods and a path, such as "GET /orders/{order}" or "GET, PUT /me"'
    for line in facts.lines:
        other = seen.setdefault(line.shape, line.key)
        if other != line.key:
            yield ("endpoints", line.key), f'duplicate endpoint; "{other[:60]}" has {line.method} of the same path'
    for line in facts.lines:
        methods, _ = methods_and_path(line.key) or ((), "")
        if methods.count(line.method) > 1:
            yield ("endpoints", line.key), f"duplicate endpoint; the key names {line.method} twice"


def _idle_paths(facts: Facts) -> Problems:
    """A path that is above nothing was most likely meant for something."""
    table = facts.table
    for name, under, paths in (
        ("under", table.under, [line.path for line in facts.lines]),
        ("pages_under", table.pages_under, list(table.pages)),
    ):
        for above in under:
            if not any(inherited(path, {above: above}) for path in paths):
                yield (name, above), f"expected a path above others; none lies below {above[:60]}"


def _objects(facts: Facts) -> Problems:
    for name, kind in facts.table.objects.items():
        where = ("objects", name)
        for role in kind.made_by:
            yield from facts.role((*where, "made_by"), role)
        if kind.undo_by:
            yield from facts.role((*where, "undo_by"), kind.undo_by)
        kept: dict[str, object] = {}
        for number, ask in enumerate(kind.make):
            yield from facts.places((*where, "make", number), ask, kept, but=name)
            kept |= ask.keep
        if kind.undo is not None:
            yield from facts.places((*where, "undo"), kind.undo, kept)


def _endpoint(facts: Facts, line: Line) -> Problems:
    where, table = ("endpoints", line.key), line.table
    yield from facts.places((*where, "params"), AskTable(call=f"{line.method} {line.path}"), table.params)
    yield from _idle_params(facts, line)
    yield from _owners(facts, line)
    yield from _same_for_all(facts, line)
    for number, ask in enumerate(table.before):
        yield from facts.places((*where, "before", number), ask, table.params)
    for kind in table.shows:
        yield from facts.kind((*where, "shows"), kind)
    for field in table.may_show:
        if field not in facts.table.forbidden_fields:
            known = did_you_mean(field, facts.table.forbidden_fields)
            yield (*where, "may_show"), f'"{field[:40]}" is none of forbidden_fields; {known}'
    yield from proof_problems(facts, line)


def _idle_params(facts: Facts, line: Line) -> Problems:
    text = facts.text_of(line)
    for name in line.table.params:
        if f"{{{name}}}" not in text:
            yield ("endpoints", line.key, "params", name), f"expected a place {{{name[:40]}}} in path or body"


def _owners(facts: Facts, line: Line) -> Problems:
    kind = facts.owned(line)
    if kind is None or facts.table.objects[kind].account is not None:
        return
    words = of_endpoint(facts.table, facts.roles, line)
    makers = facts.table.objects[kind].made_by
    for role in (role for role, word in words.items() if word is Expected.OWN and role not in makers):
        yield ("endpoints", line.key, "own"), f"{role} owns no {kind}; expected a role that made_by of the {kind} names"


def _same_for_all(facts: Facts, line: Line) -> Problems:
    """`own` where the path is the same whoever asks, or names the caller: nobody is tried with what another owns."""
    places = Ask(method=line.method, path=line.path).places
    # A place without a value is told of already.
    filled = {*line.table.params, *FILLED_BY_THE_PROBE}.issuperset(places)
    if not places or not filled or facts.owned(line) is not None:
        return
    words = of_endpoint(facts.table, facts.roles, line)
    if Expected.OWN in words.values():
        wanted = f"expected an object in place of {{{places[-1][:40]}}}, or no place in the path"
        yield ("endpoints", line.key, "own"), f"{wanted}; else nobody can be tried with what another owns"


def _second_actors(facts: Facts) -> Problems:
    told: set[str] = set()
    for line in facts.lines:
        for role, word in of_endpoint(facts.table, facts.roles, line).items():
            if word is Expected.OWN and role != ANONYMOUS and facts.people[role] < 2 and role not in told:
                told.add(role)
                where = ("endpoints", line.key)
                yield where, f"own: expected two actors of {role}, so that one can be tried with what the other owns"


def _role_change(facts: Facts) -> Problems:
    change = facts.table.role_change
    if change is None:
        return
    for key, role in (("by", change.by), ("to", change.to), ("back_to", change.back_to)):
        yield from facts.role(("role_change", key), role)
    yield from facts.kind(("role_change", "kind"), change.kind)
    kind = facts.table.objects.get(change.kind)
    if kind is not None and kind.account is None:
        yield ("role_change", "kind"), f"expected a kind with an account; {change.kind} cannot sign in"
    yield from facts.places(("role_change", "ask"), change.ask, {"role": ""})
    line = facts.line(change.endpoint)
    if line is None:
        yield from facts.endpoint(("role_change", "endpoint"), change.endpoint)
    elif {change.to, change.back_to} <= set(facts.roles):
        words = of_endpoint(facts.table, facts.roles, line)
        if not words[change.to].lets_in or words[change.back_to].lets_in:
            wanted = f"expected an endpoint that lets {change.to} in and {change.back_to} not"
            yield ("role_change", "endpoint"), f"{wanted}, got {change.endpoint}"


def _pages(facts: Facts) -> Problems:
    for path in facts.table.pages:
        yield from facts.places(("pages", path), AskTable(call=f"GET {path}"))


def _controls(facts: Facts) -> Problems:
    for number, control in enumerate(facts.table.controls):
        if control.page not in facts.table.pages:
            known = did_you_mean(control.page, tuple(facts.table.pages))
            yield ("controls", number, "page"), f'"{control.page[:60]}" is no page of access.pages; {known}'
        if facts.line(control.endpoint) is None:
            yield from facts.endpoint(("controls", number, "endpoint"), control.endpoint)
