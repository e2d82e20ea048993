"""What every request needs, and where it finds it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, abort, current_app

from dashboard.followers import Followers
from dashboard.following import Follower
from dashboard.safety import Guard
from dashboard.settings import Settings
from stormwalk.store import Store

KEY = "stormwalk"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The settings, the store, who follows it, and who guards the door."""

    settings: Settings
    store: Store
    followers: Followers
    guard: Guard

    def follower(self, run_id: str) -> Follower:
        """The follower of a run of which something is stored; for any other the request ends here."""
        if not self.followers.has(run_id) and next(self.store.follow(run_id, 0, 1), None) is None:
            abort(HTTPStatus.NOT_FOUND, "There is no such run in the store, or its events were removed as old.")
        return self.followers.of(run_id)


def house(app: Flask | None = None) -> House:
    """The house of the application; without one, of that which answers the request at hand."""
    found: House = (app or current_app).extensions[KEY]
    return found
