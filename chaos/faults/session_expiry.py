"""A session that ends in the middle of a journey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, cast

from chaos.fault import CallFault
from chaos.parameter import ParameterProblem, text
from chaos.trip import NotMeant, Spared, Trip, Unable
from stormwalk.storm import Layer, Phase

CREDENTIALS = ("authorization", "cookie")
_EXPIRED, _LIVES = "expired", "lives"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionExpiry(CallFault):
    """Really: the server ends the session (`revoke`), or the browser loses what stands for it, and every later call
    that still carries it goes without, so that it is the server that refuses. A new login is let through."""

    name: ClassVar[str] = "session-expiry"
    about: ClassVar[str] = "The session ends just before this call; the server itself refuses it."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE,)
    layers: ClassVar[tuple[Layer, ...]] = (Layer.PAGE, Layer.API)

    cookies: str = text("", "the cookie that is lost, * for all")
    storage: str = text("", "the key of local and session storage that is lost, * for all")
    revoke: str = text("", 'the call that ends the session at the server, as in "DELETE /api/session"')

    def __post_init__(self) -> None:
        CallFault.__post_init__(self)
        method, _, path = self.revoke.partition(" ")
        if self.revoke and (not method.isalpha() or not path.startswith("/")):
            raise ParameterProblem(
                "revoke", f'expected a method and a path such as "DELETE /api/session", got "{self.revoke[:40]}"'
            )

    def act(self, trip: Trip, phase: Phase | None) -> None:
        carried = {name: trip.headers[name] for name in CREDENTIALS if trip.headers.get(name)}
        if not carried:
            raise NotMeant
        if _EXPIRED not in trip.memory:
            trip.memory[_EXPIRED] = carried
            self._end(trip, carried)
        if _LIVES in trip.memory:
            raise Unable(str(trip.memory[_LIVES]))
        if not _same_session(carried, cast(dict[str, str], trip.memory[_EXPIRED])):
            raise Spared("it belongs to a new session")
        if not self.revoke:
            trip.without_headers(CREDENTIALS)

    def _end(self, trip: Trip, carried: dict[str, str]) -> None:
        if self.revoke:
            method, _, path = self.revoke.partition(" ")
            status = trip.beside(method, path, carried)
            if status >= 400:
                trip.memory[_LIVES] = f"{self.revoke} answered {status}, so the session may still live"
                return
        # A browser adds its cookies below any route, so the only way to send a call without them is to lose them.
        cookies = self.cookies or ("*" if "cookie" in carried and not self.revoke else "")
        if cookies or self.storage:
            trip.browser.forget(cookies, self.storage)


def _same_session(carried: dict[str, str], expired: dict[str, str]) -> bool:
    """By the token where there was one: cookies beside it come and go, and we have taken them away ourselves."""
    decisive = next(name for name in CREDENTIALS if name in expired)
    return carried.get(decisive) == expired[decisive]
