"""The source of pages that are not for everybody: data that the API keeps back may stand in the HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from stormwalk.access.answers import leaves
from stormwalk.access.caller import Sent
from stormwalk.access.ground import Ground
from stormwalk.access.matrix import ANONYMOUS, Ask, PageRule
from stormwalk.access.people import NotReady
from stormwalk.access.probes import Outcome, Probe, Task
from stormwalk.access.probes.reads import right_person, things_for
from stormwalk.access.probes.tokens import guarded
from stormwalk.access.results import Breach, page_name
from stormwalk.access.trials import excerpt

# What looks like data of somebody and not like a word of the page: an address, a number, a canary.
_DATA = re.compile(r"(?=.*[@\d])\S.{5,}")
_HTML = {"Accept": "text/html"}


class PageSources(Probe):
    name = "page-sources"
    about = "the HTML of pages that are not for everybody, asked for without an account"
    turn = 3

    def tasks(self) -> Iterable[Task]:
        closed = [rule for rule in self.ground.matrix.pages if not _open_to_all(rule) and "{" not in rule.path]
        if closed:
            # One task for all: what the API keeps back is the same for each of them.
            names = page_name(closed[0].path) if len(closed) == 1 else ""
            yield Task(endpoint=names, rules=("page-opens",), run=partial(_looked_at, self.ground, closed))


def _open_to_all(rule: PageRule) -> bool:
    return ANONYMOUS in rule.expected and rule.expected[ANONYMOUS].lets_in


def _looked_at(ground: Ground, closed: list[PageRule]) -> Outcome:
    public = "".join(_source(ground, path).answer.text for path in _public_paths(ground))
    secret = dict(_kept_back(ground, public))
    breaches = []
    for rule in closed:
        sent = _source(ground, rule.path)
        found = [value for value in secret if value in sent.answer.text]
        if found and found == [value for value in secret if value in _source(ground, rule.path).answer.text]:
            breaches.append(_breach(ground, rule, sent, [f"{value} of {secret[value]}" for value in found]))
    return Outcome(breaches=tuple(breaches))


def _public_paths(ground: Ground) -> list[str]:
    paths = [rule.path for rule in ground.matrix.pages if _open_to_all(rule) and "{" not in rule.path]
    return [*paths, *ground.matrix.login_page]


def _source(ground: Ground, path: str) -> Sent:
    return ground.caller.call(Ask(method="GET", path=path), headers=_HTML, from_root=True)


def _kept_back(ground: Ground, public: str) -> Iterator[tuple[str, str]]:
    """Values that the API gives only to some, with the endpoint that gives them; none that a public page has."""
    for endpoint in guarded(ground):
        if endpoint.ask.places:
            continue
        try:
            person = right_person(ground, endpoint)
            things, _ = things_for(ground, endpoint, person)
        except NotReady:
            continue  # the cells of this endpoint say so
        answer = ground.send(endpoint.ask, person, ground.values(endpoint, person, things)).answer
        for _, value in leaves(answer.data) if answer.succeeded else ():
            if isinstance(value, str) and _DATA.fullmatch(value) and value not in public:
                yield value, endpoint.name


def _breach(ground: Ground, rule: PageRule, sent: Sent, found: list[str]) -> Breach:
    some = ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
    shown = replace(sent, answer=replace(sent.answer, text=_around(sent.answer.text, found[0].split(" of ")[0])))
    return Breach(
        rule="page-opens",
        endpoint=page_name(rule.path),
        role=ANONYMOUS,
        proof=f"without an account, the source of the page holds what the API keeps back: {some}",
        excerpts=(excerpt(ground, shown, ground.people.nobody),),
    )


def _around(text: str, value: str) -> str:
    at = max(text.find(value) - 200, 0)
    return text[at : at + 500]
