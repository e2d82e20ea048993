"""A trial: one person at one endpoint, judged. And what trials come to: the cell of a role, and its breaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from stormwalk.access.answers import Answer, fields_named
from stormwalk.access.caller import Sent, as_text
from stormwalk.access.ground import Ground
from stormwalk.access.judge import Judgement
from stormwalk.access.matrix import Endpoint
from stormwalk.access.people import Person
from stormwalk.access.results import AccessCell, Breach, Excerpt, Expected, Verdict, worst

_EXCERPT = 600
_CLAIMS = ("let-in", "foreign", "denied", "not-concealed", "refused-with-success", "server-error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one person got at an endpoint. `others` says that the object was somebody else's of the same role."""

    person: Person
    sent: Sent
    judgement: Judgement
    others: bool = False
    right: Sent | None = None


def confirmed(once: Callable[[], Trial]) -> Trial:
    """A trial that is made a second time where it claims that something is wrong; both must say the same."""
    first = once()
    if first.judgement.problem not in _CLAIMS:
        return first
    second = once()
    if second.judgement.problem == first.judgement.problem:
        return second
    reason = f"once {first.judgement.observed}, then {second.judgement.observed}: nothing is proven"
    doubt = replace(second.judgement, verdict=Verdict.INCONCLUSIVE, reason=reason, problem="")
    return replace(second, judgement=doubt)


def cell_of(endpoint: Endpoint, role: str, trials: Sequence[Trial]) -> AccessCell:
    """The cell of a role: the worst of its trials speaks."""
    verdict = worst([one.judgement.verdict for one in trials])
    speaks = next(one for one in trials if one.judgement.verdict is verdict)
    return AccessCell(
        endpoint=endpoint.name,
        role=role,
        expected=endpoint.expected[role],
        verdict=verdict,
        observed=speaks.judgement.observed,
        reason=f"{speaks.judgement.reason} ({speaks.person.name})",
        probes=len(trials),
    )


def unknown_cell(endpoint: Endpoint, role: str, reason: str) -> AccessCell:
    """The cell of a role that could not be tried."""
    return AccessCell(
        endpoint=endpoint.name,
        role=role,
        expected=endpoint.expected[role],
        verdict=Verdict.INCONCLUSIVE,
        observed="not tried",
        reason=reason,
    )


def if_whole(cell: AccessCell, kept_away: Mapping[str, str]) -> AccessCell:
    """The cell, which is only good where every actor of the role was tried; `kept_away` are the others, and why."""
    if not kept_away or not cell.verdict.is_good:
        return cell
    reason = f"not every actor of the role could be tried: {'; '.join(kept_away.values())}"
    return replace(cell, verdict=Verdict.INCONCLUSIVE, reason=reason)


def breaches_of(ground: Ground, endpoint: Endpoint, trials: Sequence[Trial]) -> tuple[Breach, ...]:
    """What is wrong in these trials, forbidden fields in their answers included; one breach for each rule and role."""
    found: dict[tuple[str, str, str], Breach] = {}
    for trial in trials:
        if trial.judgement.problem:
            breach = _breach(ground, endpoint, trial)
            found.setdefault((breach.rule, breach.role, ""), breach)
        for breach in _forbidden(ground, endpoint, trial):
            found.setdefault((breach.rule, breach.role, breach.subject), breach)
    return tuple(found.values())


def rule_of(endpoint: Endpoint, trial: Trial) -> str:
    """The rule that a trial's problem breaks."""
    problem = trial.judgement.problem
    if problem == "foreign":
        return "cross-user-read"
    if problem == "denied":
        return "wrongly-denied"
    if problem != "let-in":
        return problem
    if trial.person.anonymous:
        return "missing-authentication"
    if trial.others:
        return "cross-user-write" if endpoint.writes else "cross-user-read"
    return "over-permission"


def excerpt(ground: Ground, sent: Sent, person: Person) -> Excerpt:
    """A call and its answer as they are shown: redacted, and cut."""
    redactor = ground.redactor
    lines = [f"{sent.method} {redactor.url(sent.path)}"]
    lines += [f"{name}: {value}" for name, value in redactor.headers(dict(sent.headers)).items()]
    if sent.body is not None:
        lines.append(as_text(redactor.json(sent.body)))
    return Excerpt(
        request=redactor.text("\n".join(lines)),
        status=sent.answer.status,
        answer=_shown(ground, sent.answer),
        actor=f"{person.name} ({person.role})",
    )


def _shown(ground: Ground, answer: Answer) -> str:
    text = as_text(ground.redactor.json(answer.data)) if answer.data is not None else answer.text
    return ground.redactor.text(text[: 4 * _EXCERPT])[:_EXCERPT]


def _breach(ground: Ground, endpoint: Endpoint, trial: Trial) -> Breach:
    excerpts = [excerpt(ground, trial.sent, trial.person)]
    return Breach(
        rule=rule_of(endpoint, trial),
        endpoint=endpoint.name,
        role=trial.person.role,
        proof=f"{trial.person.name}: {trial.judgement.reason}",
        excerpts=tuple(excerpts),
    )


def _forbidden(ground: Ground, endpoint: Endpoint, trial: Trial) -> list[Breach]:
    names = frozenset(ground.matrix.forbidden_fields) - frozenset(endpoint.may_show)
    answer = trial.sent.answer
    if not answer.succeeded or not names:
        return []
    found = {path.rsplit(".", 1)[-1].removesuffix("[]"): path for path, _ in fields_named(answer.data, names)}
    return [
        Breach(
            rule="forbidden-field",
            endpoint=endpoint.name,
            role=trial.person.role,
            subject=name,
            proof=f"the answer to {trial.person.name} holds {path}",
            excerpts=(excerpt(ground, trial.sent, trial.person),),
        )
        for name, path in found.items()
    ]


def expects_own(endpoint: Endpoint, role: str) -> bool:
    return endpoint.expected[role] is Expected.OWN
