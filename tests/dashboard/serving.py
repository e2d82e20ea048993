"""A dashboard that runs, as users start it, and raw requests to it: a client library would tidy hostile ones up."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.settings import TOKEN_VARIABLE
from tests.demo_app.shop import ROOT, environment

_STARTED = re.compile(r"Dashboard: (http://127\.0\.0\.1:(\d+))/\n")
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Served:
    """A running dashboard."""

    url: str
    port: int
    process: subprocess.Popen[str]
    said: tuple[str, ...] = ()

    def ask(
        self,
        path: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: str | bytes = "",
        accept: str = "text/html",
    ) -> Answer:
        """One request, its path and its headers as they are."""
        given = {"Host": f"127.0.0.1:{self.port}", "Accept": accept, **(headers or {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in given.items():
                connection.putheader(name, value)
            content = body.encode() if isinstance(body, str) else body
            if content:
                connection.putheader("Content-Length", str(len(content)))
                connection.putheader("Content-Type", "application/x-www-form-urlencoded")
            connection.endheaders(content or None)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def csrf(self, path: str, cookie: str = "") -> str:
        """The value that the forms of a page have."""
        until = time.monotonic() + _PATIENCE
        while not (found := re.search(r'name="csrf" value="(\w+)"', self.ask(path, headers={"Cookie": cookie}).text)):
            assert time.monotonic() < until, "the page has a form once its run was read"
        return found[1]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=_PATIENCE)


@contextmanager
def served(store: Path | str, root: Path, *options: str, token: str = "") -> Iterator[Served]:
    """Start a dashboard on a free port, and stop it at the end."""
    command = [sys.executable, "-m", "dashboard", "--store", str(store), "--root", str(root), *options]
    env = {**environment(), TOKEN_VARIABLE: token, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        started = _STARTED.fullmatch(first)
        assert started, f"the first line has to say where the dashboard is: {first!r}"
        said = (process.stdout.readline().strip(),) if token else ()
        yield Served(started[1], int(started[2]), process, said)
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)
        process.stdout.close()
