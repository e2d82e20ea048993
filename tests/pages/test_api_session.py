from __future__ import annotations

from typing import Any, cast

import pytest
import requests
from playwright.sync_api import Page
from pydantic import SecretStr

from pages.api_session import ApiSession
from pages.dashboard import DashboardPage
from stormwalk.api import ApiClient
from stormwalk.config import Actor

SAM = Actor(name="sam", role="shopper", username="sam@shop.test", password=SecretStr("not used"))
GOOD = {"role": "shopper", "exp": 4_102_444_800}
NO_PAGE = cast(Page, None)


class FakeApi:
    """An API that gives each path a status, and says who one is."""

    def __init__(self, claims: dict[str, Any], email: str = SAM.username, **statuses: int) -> None:
        self._claims = claims
        self._me = email
        self._statuses = statuses

    def token_claims(self) -> dict[str, Any]:
        return self._claims

    def get(self, path: str) -> requests.Response:
        return self.request("GET", path)

    def request(self, method: str, path: str) -> requests.Response:
        answer = requests.Response()
        answer.status_code = self._statuses.get(path.strip("/"), 200)
        answer._content = f'{{"email": "{self._me}"}}'.encode()
        return answer


def _session(api: FakeApi) -> ApiSession:
    return ApiSession(NO_PAGE, cast(ApiClient, api))


def test_a_good_token_is_valid() -> None:
    _session(FakeApi(GOOD)).expect_valid(SAM)


@pytest.mark.parametrize(
    ("api", "says"),
    [
        (FakeApi(GOOD | {"role": "admin"}), "the token claims the role admin, not shopper"),
        (FakeApi({"role": "shopper"}), "expired"),
        (FakeApi(GOOD | {"exp": 60}), r"the token of a fresh session expired \d+ s ago"),
        (FakeApi(GOOD, me=500), "the API answers 500 to a fresh token, expected 200"),
        (FakeApi(GOOD, "sara@shop.test"), "the API takes sam@shop.test for sara@shop.test"),
    ],
)  # fmt: skip
def test_a_bad_token_is_told_from_a_good_one(api: FakeApi, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        _session(api).expect_valid(SAM)


def test_a_token_that_still_works_is_not_dead() -> None:
    with pytest.raises(AssertionError, match="the API still takes the old token: expected 401, found 200"):
        _session(FakeApi(GOOD)).expect_dead()
    with pytest.raises(AssertionError, match="the API still takes a token of the old role: expected 401, found 200"):
        _session(FakeApi(GOOD)).expect_outdated()


def test_every_open_door_is_named() -> None:
    api = FakeApi({}, basket=401, orders=403)
    endpoints = (("GET", "/basket"), ("POST", "/orders"), ("GET", "/me"))
    with pytest.raises(AssertionError) as refused:
        _session(api).expect_refused("visitor", 401, endpoints)
    assert str(refused.value).endswith("but POST /orders answered 403; GET /me answered 200")


def test_figures_that_stay_behind_are_told() -> None:
    class Standing(DashboardPage):
        def amount(self, label: str) -> int:
            return 7

    page = Standing(NO_PAGE)
    page.expect_growth({"Orders refunded": 6}, {"Orders refunded": 1})
    with pytest.raises(AssertionError, match="“Orders refunded” has grown by 1: expected at least 8, found 7"):
        page.expect_growth({"Orders refunded": 7}, {"Orders refunded": 1})
