from __future__ import annotations

import time

import jwt
import pytest

from tests.demo_app.shop import Shop, running_shop


def test_a_token_says_who_and_for_how_long(shop: Shop) -> None:
    session = shop.session("sam@shop.test", "Passw0rd-Sam")
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["role"]) == ("1", "shopper")
    assert claims["exp"] - claims["iat"] == 15 * 60 == session["expires_in"]
    assert claims["jti"]


def test_signing_up_logging_in_and_out(shop: Shop) -> None:
    session = shop.new_shopper()
    token = session["access_token"]
    assert shop.json("GET", "/api/me", token=token)["name"] == "Nia New"
    assert shop.call("DELETE", "/api/session", token=token).status_code == 204
    assert shop.call("GET", "/api/me", token=token).status_code == 401
    refresh = shop.call("POST", "/api/session/refresh", {"refresh_token": session["refresh_token"]})
    assert (refresh.status_code, refresh.json()["error"]["code"]) == (401, "session_ended")
    assert shop.session(session["user"]["email"], "Passw0rd-Nia")["user"]["role"] == "shopper"


def test_an_email_is_taken_once(shop: Shop) -> None:
    body = {"email": "SAM@shop.test", "name": "Sam Two", "password": "Passw0rd-Two"}
    assert shop.call("POST", "/api/users", body).json()["error"]["code"] == "email_taken"


@pytest.mark.parametrize(
    ("email", "password"), [("sam@shop.test", "wrong"), ("nobody@shop.test", "Passw0rd-Sam"), ("' OR 1=1 --", "x")]
)
def test_a_wrong_login_does_not_say_which_half_is_wrong(shop: Shop, email: str, password: str) -> None:
    response = shop.call("POST", "/api/session", {"email": email, "password": password})
    assert (response.status_code, response.json()["error"]["code"]) == (401, "bad_credentials")


def test_a_refresh_token_rotates_and_forgives_a_lost_answer(shop: Shop) -> None:
    first = shop.new_shopper()
    body = {"refresh_token": first["refresh_token"]}
    second = shop.json("POST", "/api/session/refresh", body)
    assert second["refresh_token"] != first["refresh_token"]
    again = shop.json("POST", "/api/session/refresh", body)
    assert shop.call("GET", "/api/me", token=again["access_token"]).status_code == 200


def test_an_access_token_expires() -> None:
    with running_shop("--token-minutes", "0.02") as (shop, _):
        session = shop.session("sam@shop.test", "Passw0rd-Sam")
        time.sleep(2.3)
        expired = shop.call("GET", "/api/me", token=session["access_token"])
        assert (expired.status_code, expired.json()["error"]["code"]) == (401, "token_expired")
        renewed = shop.json("POST", "/api/session/refresh", {"refresh_token": session["refresh_token"]})
        assert shop.call("GET", "/api/me", token=renewed["access_token"]).status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer x.y.z", "Basic c2FtOnNhbQ==", "Bearer ", "nonsense"])
def test_a_broken_token_is_401(shop: Shop, header: str) -> None:
    response = shop.raw("GET", "/api/me", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_signed_by_another_or_by_none_is_401(shop: Shop) -> None:
    claims = {"sub": "7", "role": "admin", "ver": 1, "sid": 1, "jti": "x", "exp": int(time.time()) + 60}
    for forged in (jwt.encode(claims, "k" * 32, "HS256"), jwt.encode(claims, None, "none")):
        assert shop.call("GET", "/api/admin/users", token=forged).status_code == 401
