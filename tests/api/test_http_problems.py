from __future__ import annotations

import socket

import pytest
import requests

from stormwalk.api.http_problems import why
from stormwalk.application import free_port


def problem_of(url: str) -> requests.RequestException:
    with pytest.raises(requests.RequestException) as problem:
        requests.get(url, timeout=0.3)
    return problem.value


def test_refused() -> None:
    assert why(problem_of(f"http://127.0.0.1:{free_port()}")) == "connection refused"


def test_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert why(problem_of(f"http://127.0.0.1:{silent.getsockname()[1]}")) == "timed out"


def test_a_host_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert why(problem_of("http://nowhere.invalid")) == "unknown host"


def test_what_has_no_words_of_its_own() -> None:
    assert why(ValueError("an odd thing")) == "an odd thing"
    assert why(ValueError()) == "ValueError"
