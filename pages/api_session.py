from __future__ import annotations

import time

from playwright.sync_api import Page

from stormwalk.api import ApiClient
from stormwalk.config import Actor
from stormwalk.journey import step

Endpoint = tuple[str, str]
"""Method and path below the API root."""


class ApiSession:
    """The session of a page, looked at from the side of the API; pictures show the page it belongs to."""

    def __init__(self, page: Page, api: ApiClient) -> None:
        self.page = page
        self.api = api

    @step("Validate the session token", weight=3, role_check=True)
    def take_token(self, actor: Actor) -> None:
        self.api.use_token(self._token_of_page())

    @take_token.confirm
    def expect_valid(self, actor: Actor) -> None:
        """The token claims the role, has not expired, and is that of the same user."""
        claims = self.api.token_claims()
        assert claims.get("role") == actor.role, f"the token claims the role {claims.get('role')}, not {actor.role}"
        left = claims.get("exp", 0) - time.time()
        assert left > 0, f"the token of a fresh session expired {-left:.0f} s ago"
        answer = self.api.get("/me")
        assert answer.status_code == 200, f"the API answers {answer.status_code} to a fresh token, expected 200"
        me = answer.json()["email"]
        assert me == actor.username, f"the API takes {actor.username} for {me}"

    @step("See that the old token is dead", weight=4, role_check=True)
    def expect_dead(self) -> None:
        """After logging out, whoever has kept the token gets nowhere."""
        status = self.api.get("/me").status_code
        assert status == 401, f"after logging out, the API still takes the old token: expected 401, found {status}"

    @step("See that the API takes the old token no more", weight=3, role_check=True)
    def expect_outdated(self) -> None:
        """A token that was given for another role is outdated."""
        answer = self.api.get("/me")
        status = answer.status_code
        assert status == 401, f"the API still takes a token of the old role: expected 401, found {status}"

    @step("Be refused by the API as {role}", weight=3, role_check=True)
    def expect_refused(self, role: str, status: int, endpoints: tuple[Endpoint, ...]) -> None:
        """Each endpoint answers with this status and nothing else."""
        open_doors = []
        for method, path in endpoints:
            found = self.api.request(method, path).status_code
            if found != status:
                open_doors.append(f"{method} {path} answered {found}")
        assert not open_doors, f"expected {status} for the role {role} everywhere, but {'; '.join(open_doors)}"

    def _token_of_page(self) -> str:
        # Where the shop keeps its session; no user sees it, so there is no role or label to find it by.
        token: str = self.page.evaluate("JSON.parse(localStorage.getItem('shop.session')).access_token")
        return token
