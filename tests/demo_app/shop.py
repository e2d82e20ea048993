from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[2]
STARTED = re.compile(r"Shop running on (http://127\.0\.0\.1:(\d+))\n")
ACTORS = {"shopper": "Sam", "support": "Sid", "manager": "Mia", "admin": "Ada"}


class Shop:
    """A running shop and the calls that tests make to it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()

    def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, key: str | None = None
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        return self._session.request(method, self.url + path, json=body, headers=headers, timeout=10)

    def raw(self, method: str, path: str, **options: Any) -> requests.Response:
        return self._session.request(method, self.url + path, timeout=10, **options)

    def json(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, key: str | None = None
    ) -> Any:
        response = self.call(method, path, body, token=token, key=key)
        assert response.ok, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def session(self, email: str, password: str) -> Any:
        return self.json("POST", "/api/session", {"email": email, "password": password})

    def token(self, first_name: str) -> str:
        return str(self.session(f"{first_name.lower()}@shop.test", f"Passw0rd-{first_name}")["access_token"])

    def new_shopper(self) -> Any:
        """Sign up and log in; return the answer of the log-in."""
        email = f"{uuid.uuid4().hex}@shop.test"
        self.json("POST", "/api/users", {"email": email, "name": "Nia New", "password": "Passw0rd-Nia"})
        return self.session(email, "Passw0rd-Nia")

    def order(self, token: str, product: int = 1, quantity: int = 1, key: str | None = None) -> Any:
        self.json("POST", "/api/basket/items", {"product_id": product, "quantity": quantity}, token=token)
        return self.json("POST", "/api/orders", {"recipient": "Nia", "address": "1 Road"}, token=token, key=key)


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "demo_app", *options]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("DEMO_APP_")}


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*options), cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=10)


@contextmanager
def running_shop(*options: str, **variables: str) -> Iterator[tuple[Shop, subprocess.Popen[str]]]:
    """Start a shop on a free port, with further environment variables, and stop it at the end."""
    env = {**environment(), **variables}
    process = subprocess.Popen(command(*options), cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        started = STARTED.fullmatch(process.stdout.readline())
        assert started, "the first line has to say where the shop runs"
        yield Shop(started[1]), process
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
