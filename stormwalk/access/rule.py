"""What a rule of access says, and which of its breaches are one finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from stormwalk.access.results import Severity


class Per(StrEnum):
    """Which breaches of a rule are one finding: those of one endpoint, of one subject, of both, or all of them."""

    ENDPOINT = "endpoint"
    SUBJECT = "subject"
    ENDPOINT_AND_SUBJECT = "endpoint and subject"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of breach. `title` has the places `{endpoint}`, `{roles}` and `{subject}`, which `headline` fills."""

    name: str
    title: str
    severity: Severity
    why: str
    advice: str
    owasp: str = ""
    asvs: str = ""
    wstg: str = ""
    per: Per = Per.ENDPOINT

    def headline(self, *, endpoint: str = "", roles: Sequence[str] = (), subject: str = "") -> str:
        """The title of a finding."""
        return self.title.format(endpoint=endpoint, roles=_listed(roles), subject=subject)

    def cause(self, *, endpoint: str, subject: str) -> tuple[str, str]:
        """What breaches of the same finding have in common: (endpoint, subject), empty where it does not matter."""
        of_endpoint = self.per in (Per.ENDPOINT, Per.ENDPOINT_AND_SUBJECT)
        of_subject = self.per in (Per.SUBJECT, Per.ENDPOINT_AND_SUBJECT)
        return endpoint if of_endpoint else "", subject if of_subject else ""


def _listed(roles: Sequence[str]) -> str:
    """`shopper`, `shopper and support`, `shopper, support and manager`; `somebody` where nobody is named."""
    return " and ".join(filter(None, (", ".join(roles[:-1]), *roles[-1:]))) or "somebody"
