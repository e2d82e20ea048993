from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from stormwalk.application import Application, free_port
from stormwalk.config import Project, load_project
from stormwalk.errors import ApplicationDidNotStart, ApplicationError, ApplicationStoppedAnswering

SERVE = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answer(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass
    def do_GET(self):
        self.send_response(int(STATUS)); self.end_headers(); self.wfile.write(self.path.encode())
BEFORE
try:
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer)
except OSError as problem:
    sys.exit(f"cannot listen: {problem}")
print("serving with Passw0rd-Sam and password=unknown-one", flush=True)
server.serve_forever()
"""


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").touch()  # else a mark in a folder above would make that one the root
    monkeypatch.chdir(tmp_path)


def serving(before: str = "", status: int = 200, more: str = "") -> Project:
    Path("serve.py").write_text(SERVE.replace("BEFORE", before).replace("STATUS", str(status)))
    return project('start = ["{python}", "{root}/serve.py", "{port}", "{untouched}"]\nstart_timeout = "10 s"\n' + more)


def project(application: str) -> Project:
    actor = 'actors.sam = { username = "sam", password = "Passw0rd-Sam" }'
    Path("shop.toml").write_text(f'name = "Shop"\n[application]\n{application}\n[roles.shopper]\n{actor}')
    return load_project(Path("shop.toml"), {})


def log() -> Path:
    return Path("reports") / "run" / "application.log"


def unreachable(url: str) -> bool:
    try:
        requests.get(url, timeout=1)
    except requests.ConnectionError:
        return True
    return False


def gone(url: str, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if unreachable(url):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def server() -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as listening:
        Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


def test_starts_answers_and_stops() -> None:
    application = Application(serving(), log=log())
    with application as started:
        assert requests.get(f"{started.base_url}/x", timeout=5).text == "/x"
        assert started.alive()
        started.expect_alive()
    assert not application.alive()
    assert unreachable(application.base_url)
    application.stop()


def test_the_log_holds_what_it_wrote_and_no_secrets() -> None:
    with Application(serving(), log=log()):
        pass
    assert "serving with [redacted] and password=[redacted]" in log().read_text()


def test_it_is_started_in_the_folder_of_the_project(tmp_path: Path) -> None:
    elsewhere = serving(before="import os; print(os.getcwd(), flush=True)", more='folder = "inside"\n')
    (tmp_path / "inside").mkdir()
    Path("serve.py").rename("inside/serve.py")
    with Application(elsewhere, log=log()):
        pass
    assert str(tmp_path / "inside") in log().read_text()


def test_a_folder_that_is_none() -> None:
    with pytest.raises(ApplicationDidNotStart, match=r"^shop\.toml: application\.folder: expected a folder"):
        Application(serving(more='folder = "nowhere"\n'), log=log()).start()


def test_ending_early_is_told_with_exit_code_and_last_lines() -> None:
    early = serving(before="print('no Passw0rd-Sam here'); sys.exit(3)")
    with pytest.raises(ApplicationDidNotStart) as problem:
        Application(early, log=log()).start()
    assert str(problem.value).splitlines() == [
        "the application ended with exit code 3 before it was ready",
        "started as: {python} {root}/serve.py {port} {untouched}",
        "its last lines, from reports/run/application.log:",
        "  no [redacted] here",
    ]


def test_a_command_that_is_not_there() -> None:
    with pytest.raises(ApplicationDidNotStart, match=r"exit code 127(?s:.*)cannot start no-such-command"):
        Application(project('start = ["no-such-command", "{port}"]'), log=log()).start()


@pytest.mark.parametrize(
    ("before", "status", "last"), [("", 503, "503"), ("import time; time.sleep(60)", 200, "connection refused")]
)
def test_never_ready_is_bounded_and_leaves_nothing_behind(before: str, status: int, last: str) -> None:
    Path("serve.py").write_text(SERVE.replace("BEFORE", before).replace("STATUS", str(status)))
    slow = project('start = ["{python}", "serve.py", "{port}"]\nready = "/up"\nstart_timeout = "3 s"')
    application = Application(slow, log=log())
    begun = time.monotonic()
    line = rf"/up did not answer 200 within 3 s \(last: {last}\); see application\.ready"
    with pytest.raises(ApplicationDidNotStart, match=line):
        application.start()
    assert time.monotonic() - begun < 15
    assert unreachable(application.base_url)


def test_a_port_that_was_taken_meanwhile_is_replaced(server: str) -> None:
    ports = iter([int(server.rpartition(":")[2]), free_port()])
    with Application(serving(), log=log(), choose_port=lambda: next(ports)) as application:
        assert application.base_url != server
        assert application.alive()


def test_three_taken_ports_are_enough(server: str) -> None:
    asked: list[int] = []

    def taken() -> int:
        asked.append(int(server.rpartition(":")[2]))
        return asked[-1]

    with pytest.raises(ApplicationDidNotStart, match="Address already in use"):
        Application(serving(), log=log(), choose_port=taken).start()
    assert len(asked) == 3


def test_an_application_that_dies_on_the_way() -> None:
    dying = serving(before="import threading, os; threading.Timer(1, lambda: os._exit(9)).start()")
    with Application(dying, log=log()) as application:
        deadline = time.monotonic() + 5
        while application.alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        line = r"^the application ended with exit code 9\n(?s:.*)serving with \[redacted\]"
        with pytest.raises(ApplicationStoppedAnswering, match=line):
            application.expect_alive()


def test_the_environment_is_handed_on() -> None:
    told = serving(before="import os; print(os.environ['SHOP_DEFECTS'], flush=True)")
    with Application(told, log=log(), environ={**os.environ, "SHOP_DEFECTS": "wrong-total"}):
        pass
    assert "wrong-total" in log().read_text()


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with Application(serving(), log=log()) as application:
        assert application.alive()


def test_a_given_base_url_is_only_looked_for(server: str) -> None:
    with Application(project(f'base_url = "{server}"'), log=log()) as application:
        assert application.base_url == server
        assert application.alive()
    assert application.alive()
    assert not log().exists()


def test_a_given_base_url_that_refuses() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    application = Application(project(f'base_url = "{url}"'), log=log())
    line = f"{url} does not answer (connection refused); start the application or give another base URL"
    with pytest.raises(ApplicationError, match=f"^{re.escape(line)}$"):
        application.start()
    with pytest.raises(ApplicationStoppedAnswering, match=r"no longer answers"):
        application.expect_alive()


def test_a_given_base_url_that_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ApplicationError, match="timed out"):
            Application(project(f'base_url = "{url}"\nstart_timeout = "300 ms"'), log=log()).start()


PARENT = """
import time
from pathlib import Path
from stormwalk.application import Application
from stormwalk.config import load_project
with Application(load_project(Path("shop.toml"), {}), log=Path("reports/application.log")) as application:
    print(application.base_url, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def parent() -> Iterator[Callable[[], tuple[subprocess.Popen[str], str]]]:
    started: list[subprocess.Popen[str]] = []

    def start() -> tuple[subprocess.Popen[str], str]:
        serving()
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        code = textwrap.dedent(PARENT)
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environ)
        started.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_application_does_not_outlive_us(
    parent: Callable[[], tuple[subprocess.Popen[str], str]], number: signal.Signals
) -> None:
    process, url = parent()
    assert requests.get(url, timeout=5).ok
    process.send_signal(number)
    assert gone(url, within_s=3)
