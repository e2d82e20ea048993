"""`python -m stormwalk doctor`: each thing that is missing has a line that says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from stormwalk.__main__ import main
from stormwalk.config import load_project
from stormwalk.starting.doctor import webhooks
from stormwalk.store import Store
from tests.chaos.harbour import PROJECT, Harbour

ALERTS = '[alerts.normal]\ngoogle-chat = "QUAY_CHAT"\n'


class Doctor:
    def __init__(self, folder: Path, harbour: Harbour, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.text = PROJECT.format(url=harbour.url)
        self._capsys = capsys

    def __call__(self, text: str, *options: str) -> tuple[int, str]:
        """Exit code, and what was printed."""
        path = self.folder / "quay.toml"
        path.write_text(text, encoding="utf-8")
        code = main(["doctor", "--project", str(path), "--root", str(self.folder), *options])
        return code, self._capsys.readouterr().out


@pytest.fixture
def doctor(tmp_path: Path, harbour: Harbour, capsys: pytest.CaptureFixture[str]) -> Doctor:
    return Doctor(tmp_path, harbour, capsys)


def test_all_is_well(doctor: Doctor) -> None:
    code, said = doctor(doctor.text)

    assert code == 0, said
    assert "✓ browser: " in said
    assert "✓ store: 0 runs so far" in said
    assert "✓ application: http://127.0.0.1:" in said
    assert "✓ sign-in of sam: shopper, is let in" in said
    assert "· webhooks: not asked for" in said
    assert said.endswith("All is well.\n")


def test_a_secret_that_is_not_set(doctor: Doctor) -> None:
    code, said = doctor(doctor.text.replace('"Passw0rd-Sam"', '{ env = "QUAY_PASSWORD_OF_SAM" }'))

    assert code == 2
    assert "expected the environment variable QUAY_PASSWORD_OF_SAM to be set" in said
    assert "1 thing to do." in said


def test_a_webhook_without_its_address(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUAY_CHAT", raising=False)
    assert "✗ google-chat: set the environment variable QUAY_CHAT" in doctor(doctor.text + ALERTS)[1]

    monkeypatch.setenv("QUAY_CHAT", "https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=a-long-secret")
    code, said = doctor(doctor.text + ALERTS)
    assert code == 0
    assert "✓ google-chat: QUAY_CHAT is set" in said
    assert "a-long-secret" not in said


@pytest.mark.parametrize(
    ("channel", "address", "told"),
    [
        ("google-chat", " ", "set the environment variable QUAY to its address"),
        ("google-chat", "https://elsewhere.test/a-long-secret", "QUAY does not lead to chat.googleapis.com"),
        ("webhook", "https://elsewhere.test/a-long-secret", "QUAY_SECRET must hold the key of the signature"),
    ],
)
def test_an_address_that_no_run_would_use(tmp_path: Path, channel: str, address: str, told: str) -> None:
    file = tmp_path / "quay.toml"
    file.write_text(f'{PROJECT.format(url="http://127.0.0.1:1")}[alerts.normal]\n{channel} = "QUAY"\n')

    (finding,) = webhooks(load_project(file), {"QUAY": address})

    assert finding.good is False
    assert told in finding.told
    assert "a-long-secret" not in finding.told


def test_who_is_not_let_in(doctor: Doctor, harbour: Harbour) -> None:
    harbour.statuses["/api/session"] = 401

    code, said = doctor(doctor.text)

    assert code == 2
    assert "✗ sign-in of sam: sam (shopper) could not sign in: POST /api/session answered 401; see sign_in" in said


def test_an_application_that_does_not_run(doctor: Doctor, harbour: Harbour) -> None:
    code, said = doctor(doctor.text.replace(harbour.url, "http://127.0.0.1:1"))

    assert code == 2
    assert "✗ application: " in said
    assert "sign-in" not in said


def test_a_ready_path_that_is_none(doctor: Doctor, harbour: Harbour) -> None:
    harbour.statuses["/api/up"] = 404

    code, said = doctor(doctor.text.replace('api_root = "/api"', 'api_root = "/api"\nready = "/api/up"'))

    assert code == 2
    assert "/api/up answers 404" in said


class Doorman(BaseHTTPRequestHandler):
    """Sends everybody elsewhere, or says nothing at all to whoever asks for /slow."""

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(0.6)
        self.send_response(302)
        leads_to = {"/": "https://www.quay.test:8443/home?token=a-long-secret", "/lost": "http://[nowhere"}
        self.send_header("Location", leads_to.get(self.path, "/enter"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return None


@pytest.mark.parametrize(
    ("ready", "told"),
    [
        (
            "/",
            "✗ ready: / leads to https://www.quay.test:8443; name that in application.base_url, and its host in safety",
        ),
        ("/lost", "does not answer (Invalid IPv6 URL); start the application"),
        ("/inside", "✓ ready: /inside answers 302 and leads to /enter"),
        ("/slow", "✗ ready: /slow gives no answer within 0.5 s (timed out); see application.ready"),
    ],
)
def test_an_application_behind_a_redirect_or_slow(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, ready: str, told: str
) -> None:
    monkeypatch.setattr("stormwalk.starting.doctor._PATIENCE_S", 0.5)
    with ThreadingHTTPServer(("127.0.0.1", 0), Doorman) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        said = doctor(f'name = "Quay"\n[application]\nbase_url = "{url}"\nready = "{ready}"\n')[1]
        server.shutdown()

    assert told in said
    assert "a-long-secret" not in said


def test_a_store_that_cannot_be_opened(doctor: Doctor) -> None:
    (doctor.folder / "file").write_text("no folder")

    code, said = doctor(doctor.text, "--store", str(doctor.folder / "file" / "runs.db"))

    assert code == 2
    assert "✗ store: " in said


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """Nobody may write the file; root is not stopped by its mode, but by an attribute that not every disk has."""
    if os.geteuid():
        path.chmod(0o444)
    elif not shutil.which("chattr") or subprocess.run(["chattr", "+i", str(path)], capture_output=True).returncode:
        pytest.skip("nothing keeps root from writing here")
    try:
        yield
    finally:
        path.chmod(0o644) if os.geteuid() else subprocess.run(["chattr", "-i", str(path)], check=True)


def test_a_store_that_can_be_read_and_not_written(doctor: Doctor) -> None:
    path = doctor.folder / "runs.db"
    Store.open(path).close()

    with read_only(path):
        code, said = doctor(doctor.text, "--store", str(path))

    assert code == 2, said
    assert "✗ store: The store" in said
    assert "cannot be written. Give yourself the right to write the file and its folder" in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name = "x\n', "quay.toml: expected valid TOML"),
        ("", "quay.toml: name: expected, and missing"),
        ('name = "Quay"\n[application]\nstart = ["./serve", "--port", "8000"]\n', "expected an argument with {port}"),
    ],
)
def test_a_project_file_that_is_wrong(doctor: Doctor, text: str, told: str) -> None:
    code, said = doctor(text)

    assert code == 2
    assert "✗ project file: " in said
    assert told in said


def test_a_project_file_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["doctor", "--project", str(tmp_path / "none.toml"), "--root", str(tmp_path)]) == 2

    assert "none.toml: there is no such file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("import socket, sys; socket.create_server(('127.0.0.1', TAKEN))", "Address already in use"),
        ("import sys; sys.exit('no database')", "no database"),
    ],
)
def test_an_application_that_does_not_start(doctor: Doctor, harbour: Harbour, command: str, told: str) -> None:
    """On a port that is taken, for example: its own last words say what it needs."""
    taken = harbour.url.rpartition(":")[2]
    start = f'start = ["{{python}}", "-c", "{command.replace("TAKEN", taken)}", "{{port}}"]'
    code, said = doctor(doctor.text.replace(f'base_url = "{harbour.url}"', start))

    assert code == 2
    assert "✗ application: the application ended with exit code 1 before it was ready" in said
    assert told in said


def test_a_store_in_postgresql_that_is_not_there(doctor: Doctor) -> None:
    """Without its driver one is told to install it, with it that nobody answers; no password is shown either way."""
    code, said = doctor(doctor.text, "--store", "postgresql://sam:a-secret-of-sam@127.0.0.1:1/runs")

    assert code == 2
    assert "✗ store: A store in PostgreSQL needs its driver" in said or "✗ store: The store PostgreSQL database" in said
    assert "a-secret-of-sam" not in said


def test_without_a_browser_it_says_how_to_get_one(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORMWALK_BROWSER", "/nowhere/chromium")

    code, said = doctor(doctor.text)

    assert code == 2
    assert "✗ browser: /nowhere/chromium is not a program that can be started" in said
