"""What people ask for and what cannot be done faithfully from here. It is listed, and never imitated in silence."""

from __future__ import annotations

from stormwalk.storm import FaultEntry

_REASONS = {
    "packet-corruption": "needs the operating system's network; packet-loss is a stated model of what can be modelled",
    "bad-content-encoding": "the browser has decoded the body before a route sees it, so a wrong header has no effect",
    "preflight-failure": "while calls are routed, Playwright itself answers every CORS preflight with 204",
    "tls-error": "the certificate is checked before a route could change anything; use a server with a bad one",
    "back-forward-cache": "automation switches it off; going back always loads the page again",
}


def unsupported() -> tuple[FaultEntry, ...]:
    """Each with its reason."""
    return tuple(FaultEntry(name=name, about="", unsupported=reason) for name, reason in sorted(_REASONS.items()))
