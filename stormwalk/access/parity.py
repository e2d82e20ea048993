"""What pages show beside what the matrix and the API say: pages opened by their address, judged. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stormwalk.access.judge import Judgement
from stormwalk.access.matrix import Matrix, PageRule
from stormwalk.access.results import AccessCell, Breach, Expected, Verdict, page_name
from stormwalk.access.site import PageSeen, own_lines, shows

Walked = Mapping[str, Mapping[str, PageSeen]]
"""What each role saw, by role and then by the path of the matrix."""


def judge_pages(
    matrix: Matrix, walked: Walked, foreign: Walked | None = None, canaries: Sequence[str] = ()
) -> tuple[list[AccessCell], list[Breach]]:
    """A cell for each page and each role that walked, and a breach for each page that opens to the wrong one.

    `foreign` is what a role saw of the object of another user where it may see its own only; `canaries` stand in them.
    """
    cells, breaches = [], []
    for rule in matrix.pages:
        for role, pages in walked.items():
            if rule.path not in pages or role not in rule.expected:
                continue
            judgement = _judged(matrix, rule, role, walked)
            if foreign is not None and not judgement.problem and rule.expected[role] is Expected.OWN:
                judgement = _of_somebody_else(foreign.get(role, {}).get(rule.path), rule, canaries) or judgement
            cells.append(_cell(rule, role, judgement))
            if judgement.problem:
                breaches.append(_breach(rule, role, judgement))
    return cells, breaches


def _judged(matrix: Matrix, rule: PageRule, role: str, walked: Walked) -> Judgement:
    seen = walked[role][rule.path]
    refusal = _refusal(matrix, rule, walked)
    if rule.expected[role].lets_in:
        return _should_open(matrix, seen, role, refusal)
    # A refusal that is shown where the page should open tells nothing apart.
    telling = _telling(rule, walked) - refusal
    if not telling:
        reason = "no role that may open the page saw anything there that tells it apart"
        return Judgement(verdict=Verdict.INCONCLUSIVE, observed="not compared", reason=reason)
    if seen.final == seen.path and shows(seen, telling):
        reason = f"the page shows {role} what it shows to those who may open it: {_some(seen.lines & telling)}"
        return Judgement(verdict=Verdict.BYPASSED, observed="opened", reason=reason, problem="page-opens")
    where = "" if seen.final == seen.path else f", sent to {seen.final}"
    reason = "nothing of what the page shows to others was there"
    return Judgement(verdict=Verdict.ENFORCED, observed=f"refused{where}", reason=reason)


def _of_somebody_else(seen: PageSeen | None, rule: PageRule, canaries: Sequence[str]) -> Judgement | None:
    """The page of another user's object must not show what only that user can have written."""
    if seen is None:
        if "{" not in rule.path:
            return None
        reason = "there was no object of another user to ask for"
        return Judgement(verdict=Verdict.INCONCLUSIVE, observed="not compared", reason=reason)
    if not any(canary in line for canary in canaries for line in seen.lines):
        return None
    reason = f"{seen.path}, which belongs to another {seen.role}, shows what only they have written"
    return Judgement(verdict=Verdict.BYPASSED, observed="opened", reason=reason, problem="page-opens")


def _should_open(matrix: Matrix, seen: PageSeen, role: str, refusal: frozenset[str]) -> Judgement:
    doors = [page.rstrip("/") for page in matrix.login_page]
    turned_away = seen.final != seen.path and seen.final.rstrip("/") in doors
    if turned_away or shows(seen, refusal):
        where = f"sent to {seen.final}" if turned_away else f"shown {_some(seen.lines & refusal)}"
        reason = f"the matrix lets {role} open the page, and it was {where}"
        return Judgement(verdict=Verdict.LOCK_OUT, observed="refused", reason=reason, problem="wrongly-denied")
    return Judgement(verdict=Verdict.ENFORCED, observed="opened", reason="opened, as the matrix says")


def _telling(rule: PageRule, walked: Walked) -> frozenset[str]:
    """What tells the page apart where it is allowed."""
    for role, pages in walked.items():
        if rule.expected.get(role) and rule.expected[role].lets_in and rule.path in pages:
            seen = pages[rule.path]
            if seen.final == seen.path:
                return own_lines(seen, pages)
    return frozenset()


def _refusal(matrix: Matrix, rule: PageRule, walked: Walked) -> frozenset[str]:
    """What somebody is shown who may not open a page: what two such pages of one role have in common."""
    for role, pages in walked.items():
        closed = [
            pages[one.path].lines
            for one in matrix.pages
            if one.path in pages and role in one.expected and not one.expected[role].lets_in
            and pages[one.path].final == pages[one.path].path
        ]  # fmt: skip
        open_ = [
            pages[one.path].lines
            for one in matrix.pages
            if one.path in pages and role in one.expected and one.expected[role].lets_in
        ]
        if len(closed) > 1 and open_:
            common = closed[0].intersection(*closed[1:])
            return common - frozenset[str]().union(*open_)
    return frozenset()


def _cell(rule: PageRule, role: str, judgement: Judgement) -> AccessCell:
    return AccessCell(
        endpoint=page_name(rule.path),
        role=role,
        expected=rule.expected[role],
        verdict=judgement.verdict,
        observed=judgement.observed,
        reason=judgement.reason,
        probes=1,
    )


def _breach(rule: PageRule, role: str, judgement: Judgement) -> Breach:
    return Breach(rule=judgement.problem, endpoint=page_name(rule.path), role=role, proof=judgement.reason)


def _some(lines: frozenset[str]) -> str:
    return "; ".join(sorted(lines, key=len)[:3])
