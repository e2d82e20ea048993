"""What breaches come to: one finding for each cause, with all its places. Pure, so that it can be done again."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from stormwalk.access.baseline import Accepted, is_accepted
from stormwalk.access.matrix import Matrix
from stormwalk.access.results import (
    AccessCell,
    AccessCoverage,
    AccessFinding,
    Breach,
    ControlSeen,
    Verdict,
)
from stormwalk.access.rules import RULES

Cause = tuple[str, str, str]
"""Rule, endpoint and subject; the last two are empty where the rule does not tell findings apart by them."""

# A server that fails tells of itself, and nothing of the right.
_UNJUDGED = (Verdict.INCONCLUSIVE, Verdict.SERVER_ERROR)
_HIDDEN = "hidden but allowed"
_SHOWN = "shown but denied"


def findings_of(
    breaches: Iterable[Breach],
    controls: Sequence[ControlSeen] = (),
    *,
    accepted: Iterable[Accepted] = (),
    base_url: str = "",
) -> tuple[AccessFinding, ...]:
    """The findings, worst first. `controls` tell whether the pages hide what a breach opens."""
    groups: dict[Cause, list[Breach]] = {}
    for breach in one_cause(tuple(breaches)):
        groups.setdefault(_cause(breach), []).append(breach)
    known = tuple(accepted)
    found = (_finding(cause, group, controls, base_url) for cause, group in groups.items())
    marked = (replace(one, accepted=is_accepted(one, known)) for one in found)
    return tuple(sorted(marked, key=lambda one: (one.severity.rank, one.rule, one.id)))


def coverage_of(matrix: Matrix, cells: Sequence[AccessCell], uncovered: tuple[str, ...]) -> AccessCoverage:
    """How many of the cells of the matrix were judged."""
    all_cells = [(endpoint.name, role) for endpoint in matrix.endpoints for role in endpoint.expected]
    judged = {(one.endpoint, one.role) for one in cells if one.verdict not in _UNJUDGED}
    tried = {(one.endpoint, one.role) for one in cells}
    return AccessCoverage(
        cells=len(all_cells),
        judged=len(judged.intersection(all_cells)),
        uncovered=uncovered,
        never_probed=tuple(f"{endpoint} as {role}" for endpoint, role in all_cells if (endpoint, role) not in tried),
        threshold=matrix.coverage,
    )


def shown_but_denied(cells: Sequence[AccessCell], controls: Sequence[ControlSeen]) -> list[Breach]:
    """The controls that a role sees, and whose endpoint turns it away; each once, whatever it is known to lead to."""
    refused = {
        (one.endpoint, one.role): one for one in cells if not one.expected.lets_in and one.verdict is Verdict.ENFORCED
    }
    lies = [one for one in controls if one.shown and (one.endpoint, one.role) in refused]
    # Reversed, so that the first of several for the same control stays: the endpoint of the API before the page.
    once = {(one.role, one.kind, one.name): one for one in reversed(lies)}
    return [_lie(one, refused[one.endpoint, one.role].observed) for one in once.values()]


def _lie(control: ControlSeen, observed: str) -> Breach:
    what = f"{control.kind} “{control.name}”"
    return Breach(
        rule="shown-but-denied",
        endpoint=control.endpoint,
        role=control.role,
        subject=what,
        proof=f"{control.page} shows the {what} to {control.role}; {control.endpoint}: {observed}",
    )


def named(breach: Breach) -> tuple[str, str]:
    """The id of the finding that a breach belongs to, and its place."""
    return finding_id(_cause(breach)), breach.place


def finding_id(cause: Cause) -> str:
    """`over-permission-3f9ac04d`: the same for the same cause in every run."""
    digest = hashlib.blake2b("\x1f".join(cause).encode(), digest_size=4).hexdigest()
    return f"{cause[0]}-{digest}"


def one_cause(breaches: Sequence[Breach]) -> list[Breach]:
    """Where nobody is asked who they are, that every role gets in is no second cause."""
    open_to_all = {one.endpoint for one in breaches if one.rule == "missing-authentication"}
    return [
        replace(one, rule="missing-authentication")
        if one.rule == "over-permission" and one.endpoint in open_to_all
        else one
        for one in breaches
    ]


def _cause(breach: Breach) -> Cause:
    endpoint, subject = RULES[breach.rule].cause(endpoint=breach.endpoint, subject=breach.subject)
    return breach.rule, endpoint, subject


def _finding(cause: Cause, breaches: Sequence[Breach], controls: Sequence[ControlSeen], base_url: str) -> AccessFinding:
    rule, first = RULES[cause[0]], breaches[0]
    roles = tuple(dict.fromkeys(one.role for one in breaches))
    subjects = tuple(dict.fromkeys(one.subject for one in breaches if one.subject))
    excerpts = next((one.excerpts for one in breaches if one.excerpts), ())
    id_ = finding_id(cause)
    return AccessFinding(
        id=id_,
        rule=rule.name,
        title=rule.headline(endpoint=first.endpoint, roles=roles, subject=", ".join(subjects)),
        severity=rule.severity,
        places=tuple(dict.fromkeys(one.place for one in breaches)),
        proof=first.proof,
        why=rule.why,
        advice=rule.advice,
        excerpts=excerpts,
        owasp=rule.owasp,
        asvs=rule.asvs,
        wstg=rule.wstg,
        parity=_parity(breaches, controls),
        subject=", ".join(subjects),
        replay=f"python -m stormwalk access replay {id_}",
        journey=first.journey,
        curl=_curl(excerpts[0].request, base_url) if excerpts else "",
    )


def _parity(breaches: Sequence[Breach], controls: Sequence[ControlSeen]) -> str:
    if breaches[0].rule == "shown-but-denied":
        return _SHOWN
    if breaches[0].rule not in ("over-permission", "missing-authentication"):
        return ""
    seen: Mapping[tuple[str, str], bool] = {(one.endpoint, one.role): one.shown for one in controls}
    offered = {one.endpoint for one in controls if one.shown}
    hidden = any(one.endpoint in offered and seen.get((one.endpoint, one.role)) is False for one in breaches)
    return _HIDDEN if hidden else ""


def _curl(request: str, base_url: str) -> str:
    """The request as a command to read; where it has a token, `$TOKEN` stands for one."""
    line, *rest = request.split("\n")
    method, _, path = line.partition(" ")
    headers = [one for one in rest if ": " in one and not one.startswith(("{", "["))]
    body = next((one for one in rest if one.startswith(("{", "["))), "")
    words = ["curl", "-i", "-X", method]
    for header in headers:
        name = header.split(":")[0]
        words += ["-H", '"Authorization: Bearer $TOKEN"' if name == "Authorization" else shlex.quote(header)]
    words += ["-H", "'Content-Type: application/json'", "-d", shlex.quote(body)] if body else []
    return " ".join([*words, shlex.quote(f"{base_url}{path}")])
