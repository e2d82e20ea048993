"""A cookie that authenticates by itself, and a write that another site can make with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from stormwalk.access.caller import NOBODY, Credentials, Sent
from stormwalk.access.cookie_jar import morsels
from stormwalk.access.ground import Ground
from stormwalk.access.matrix import ANONYMOUS, Endpoint
from stormwalk.access.people import NotReady, Person
from stormwalk.access.probes import Outcome, Probe, Task
from stormwalk.access.results import Breach
from stormwalk.access.trials import excerpt
from stormwalk.access.writing import Writer

FOREIGN_SITE = {"Origin": "https://elsewhere.example", "Referer": "https://elsewhere.example/"}


class ForeignWrites(Probe):
    name = "foreign-writes"
    about = "writes that another site makes with the cookie of a signed-in user"
    writes = True
    turn = 3

    def tasks(self) -> Iterable[Task]:
        for endpoint in self.ground.matrix.endpoints:
            guarded = ANONYMOUS not in endpoint.expected or not endpoint.lets_in(ANONYMOUS)
            if endpoint.writes and endpoint.proof is not None and guarded and not endpoint.ends_session:
                yield Task(endpoint=endpoint.name, rules=("csrf",), run=partial(_tried, self.ground, endpoint))


def _tried(ground: Ground, endpoint: Endpoint) -> Outcome:
    role = next((role for role in endpoint.expected if role != ANONYMOUS and endpoint.lets_in(role)), None)
    if role is None:
        return Outcome()
    try:
        person = ground.people.first(role)
        cookies = sent_by_other_sites(person.set_cookies)
        if not cookies:
            return Outcome()
        victim = replace(person, who=Credentials(cookies=cookies))
        sent = [_forged(ground, endpoint, person, victim) for _ in range(2)]
        if sent[0] and sent[1] and _forged(ground, endpoint, person, replace(person, who=NOBODY)):
            return Outcome()  # who needs no cookie either is no matter of a foreign site
    except NotReady as reason:
        return Outcome(remarks=(f"foreign writes were not tried at {endpoint.name}: {reason}",))
    if None in sent or sent[1] is None:
        return Outcome()
    breach = Breach(
        rule="csrf",
        endpoint=endpoint.name,
        role=role,
        proof=f"with the cookie of {person.name} alone and the origin of another site, the write was done, twice",
        excerpts=(excerpt(ground, sent[1], victim),),
    )
    return Outcome(breaches=(breach,))


def _forged(ground: Ground, endpoint: Endpoint, person: Person, victim: Person) -> Sent | None:
    """The call of another site that was done, None where it was not."""
    write = Writer(ground, endpoint).as_owner(person, caller=victim, headers=FOREIGN_SITE)
    return write.sent if write.done else None


def sent_by_other_sites(set_cookies: Iterable[str]) -> str:
    """The `Cookie` header that a browser adds to a call of another site: neither Strict nor Lax cookies are in it.

    A cookie without SameSite counts as sent: browsers differ, and some send it with a form for two minutes.
    """
    sent = (one for one in morsels(set_cookies) if one["samesite"].lower() not in ("strict", "lax"))
    return "; ".join(f"{one.key}={one.coded_value}" for one in sent)
