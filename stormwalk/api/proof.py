"""The proof that a write comes from a page of the application's own: where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping

from stormwalk.config.sign_in import CsrfTable


def proof_in(csrf: CsrfTable, page: str, cookies: Mapping[str, str]) -> str:
    """What the page, or the cookies that it sets, hold as proof; empty where there is none."""
    if csrf.pattern is None:
        return cookies.get(csrf.cookie, "")
    found = re.search(csrf.pattern, page)
    return (found[1] or "") if found else ""
