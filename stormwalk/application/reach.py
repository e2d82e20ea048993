"""Asks an application whether it still answers."""

from __future__ import annotations

import requests

from stormwalk.errors import ApplicationStoppedAnswering

_PATIENCE_S = 3.0


def expect_answer(base_url: str, path: str, patience_s: float = _PATIENCE_S) -> None:
    """Raises ApplicationStoppedAnswering unless `path` of the application is answered, with whatever status."""
    with requests.Session() as session:
        session.trust_env = False  # a proxy of the environment must not answer for the application
        try:
            session.get(base_url + path, timeout=patience_s, allow_redirects=False, stream=True).close()
        except requests.RequestException as problem:
            raise ApplicationStoppedAnswering(
                f"the application stopped answering at {base_url}{path} ({type(problem).__name__});"
                " see its log beside the report, and whether it still runs"
            ) from None
