from __future__ import annotations

import pytest
import requests

from journeys.people import done, somebody_new


def test_nobody_new_is_met_twice() -> None:
    assert somebody_new().username != somebody_new().username


def test_a_preparation_that_the_shop_refuses_says_which_call_it_was() -> None:
    refused = requests.Response()
    refused.status_code = 409
    refused.request = requests.Request("POST", "http://127.0.0.1/api/orders").prepare()
    with pytest.raises(AssertionError, match="could not be prepared: POST /api/orders answered 409"):
        done(refused)
