"""The API of a shop in this process: quick enough to make several for each entry of the catalogue."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

import jwt
from werkzeug.test import TestResponse

from demo_app import create_app
from demo_app.tokens import ALGORITHM


class Api:
    """A shop with these defects and decoys, and the calls that a test makes to it. No cookie is kept."""

    def __init__(self, *names: str, fault_hooks: bool = False) -> None:
        self._app = create_app(defects=names, order_step_ms=100_000, fault_hooks=fault_hooks)
        self._client = self._app.test_client(use_cookies=False)

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        return self._client.open(path, method=method, json=body, headers={**sent, **(headers or {})})

    def status(
        self, method: str, path: str, body: Any = None, *, token: str = "", headers: Mapping[str, str] | None = None
    ) -> int:
        return self.call(method, path, body, token=token, headers=headers).status_code

    def json(self, method: str, path: str, body: Any = None, *, token: str = "") -> Any:
        response = self.call(method, path, body, token=token)
        assert response.status_code < 300, f"{method} {path}: {response.status_code} {response.text}"
        return response.get_json(silent=True)

    def log_in(self, name: str) -> TestResponse:
        """Log in one of the seeded actors by first name."""
        body = {"email": f"{name.lower()}@shop.test", "password": f"Passw0rd-{name}"}
        return self.call("POST", "/api/session", body)

    def token(self, name: str) -> str:
        return str(self.log_in(name).get_json()["access_token"])

    def buy(self, token: str, **more: Any) -> Any:
        self.json("POST", "/api/basket/items", {"product_id": 1}, token=token)
        return self.json("POST", "/api/orders", {"recipient": "Canary", "address": "A"} | more, token=token)

    def signed(self, token: str, **changes: Any) -> str:
        """The token with other claims, rightly signed."""
        claims = jwt.decode(token, options={"verify_signature": False}) | changes
        return jwt.encode(claims, self._app.config["SHOP"].signing_key, ALGORITHM)

    def expired(self, name: str) -> str:
        return self.signed(self.token(name), exp=int(time.time()) - 60)


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def badly_signed(token: str) -> str:
    head, _, signature = token.rpartition(".")
    return f"{head}.{signature[:-4]}{'AAAA' if signature[-4:] != 'AAAA' else 'BBBB'}"


def stripped(token: str) -> str:
    return token.rpartition(".")[0] + "."
