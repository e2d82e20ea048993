"""The application under test: started and watched by us, or running already and only looked for."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from stormwalk.api.http_problems import why
from stormwalk.application.process import ApplicationLog, ApplicationProcess
from stormwalk.config import Project
from stormwalk.errors import ApplicationDidNotStart, ApplicationError, ApplicationStoppedAnswering

ATTEMPTS = 3
_ANSWER_TIMEOUT_S = 2.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.02, 0.2
_PORT_TAKEN = re.compile(r"address already in use|EADDRINUSE|port\b.{0,40}\b(?:in use|allocated)", re.IGNORECASE)


def free_port() -> int:
    """A port of the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Application:
    """Context manager around the application of a project.

    Where the project has a base URL, that one is asked once whether it answers. Else the start command of the
    project is run on a free loopback port until the block ends, also when we are killed.

    `log` is the file that receives what the application writes, redacted. Raises ApplicationDidNotStart, and
    ApplicationError where a given base URL does not answer.
    """

    def __init__(
        self,
        project: Project,
        *,
        log: Path,
        redact: Callable[[str], str] | None = None,
        environ: Mapping[str, str] | None = None,
        choose_port: Callable[[], int] = free_port,
    ) -> None:
        self._project = project
        self._redact = redact or project.redactor().text
        self._log = ApplicationLog(log, self._redact)
        self._environ = os.environ if environ is None else environ
        self._choose_port = choose_port
        self._process: ApplicationProcess | None = None
        self._base_url = project.base_url or ""
        self._http = requests.Session()
        self._http.trust_env = False  # a proxy of the environment must not stand between us and loopback

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """Scheme, host and port, without a slash at the end; empty before `start`."""
        return self._base_url

    def start(self) -> None:
        """Returns when the application answers. Leaves nothing running where it raises."""
        if self._project.base_url:
            self._expect_answer()
            return
        try:
            self._start_on_a_free_port()
        except BaseException:  # Ctrl-C too
            self.stop()
            raise

    def alive(self) -> bool:
        """Whether what we started still runs; for a given base URL, whether it answers."""
        if self._process is not None:
            return self._process.exit_code is None
        return bool(self._base_url) and isinstance(self._ask(_ANSWER_TIMEOUT_S), int)

    def expect_alive(self) -> None:
        """Raises ApplicationStoppedAnswering with exit code and last words of an application that is gone."""
        if self.alive():
            return
        if self._process is None:
            raise ApplicationStoppedAnswering(f"{self._base_url} no longer answers; see whether it still runs")
        self._log.finish(within_s=1)
        raise ApplicationStoppedAnswering(
            self._last_words(f"the application ended with exit code {self._process.exit_code}")
        )

    def stop(self) -> None:
        """Ends what we started and nothing else. May be called again and again."""
        if self._process is not None:
            self._process.stop()

    def _expect_answer(self) -> None:
        answer = self._ask(self._project.application.start_timeout / 1000)
        if not isinstance(answer, int):
            raise ApplicationError(
                f"{self._base_url} does not answer ({answer}); start the application or give another base URL"
            )

    def _start_on_a_free_port(self) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            self._launch(self._choose_port())
            if self._became_ready():
                return
            self._log.finish(within_s=1)
            if attempt == ATTEMPTS or not _PORT_TAKEN.search("\n".join(self._log.tail)):
                break
            self.stop()
        assert self._process is not None
        code = self._process.exit_code
        raise ApplicationDidNotStart(
            self._last_words(f"the application ended with exit code {code} before it was ready")
        )

    def _launch(self, port: int) -> None:
        folder = self._project.folder
        places = {"{port}": str(port), "{python}": sys.executable, "{root}": str(folder)}
        command = [_filled(argument, places) for argument in self._project.application.start]
        self._base_url = f"http://127.0.0.1:{port}"
        if not folder.is_dir():
            raise ApplicationDidNotStart(
                f"{self._project.file}: application.folder: expected a folder, {folder} is none"
            )
        # What the project made up, a signing key for example, is the same for both sides.
        environ = {**self._environ, **self._project.made_up}
        self._process = ApplicationProcess(command, folder=folder, environ=environ, log=self._log)

    def _became_ready(self) -> bool:
        """False when the application has ended. Raises ApplicationDidNotStart when time is over."""
        assert self._process is not None
        budget = self._project.application.start_timeout / 1000
        deadline, pause, answer = time.monotonic() + budget, _FIRST_PAUSE_S, ""
        while (left := deadline - time.monotonic()) > 0:
            asked = self._ask(min(left, _ANSWER_TIMEOUT_S))
            if self._process.exit_code is not None:
                return False
            if asked == 200:
                return True
            cut_short = left < _ANSWER_TIMEOUT_S and not isinstance(asked, int)
            answer = answer if answer and cut_short else str(asked)  # that our own time was over tells nothing of it
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)
        url = self._base_url + self._project.application.ready
        raise ApplicationDidNotStart(
            self._last_words(
                f"{url} did not answer 200 within {budget:g} s (last: {answer}); "
                f"see application.ready and application.start_timeout in {self._project.file}"
            )
        )

    def _ask(self, timeout_s: float) -> int | str:
        """The status of the answer of `ready`, or why there was none."""
        try:
            url = self._base_url + self._project.application.ready
            with self._http.get(url, timeout=timeout_s, allow_redirects=False, stream=True) as answer:
                return int(answer.status_code)
        # A redirect to an address that is none is a ValueError.
        except (requests.RequestException, ValueError) as problem:
            return why(problem)

    def _last_words(self, what: str) -> str:
        command = self._redact(" ".join(self._project.application.start))
        lines = [f"  {line}" for line in self._log.tail] or ["  (it wrote nothing)"]
        return "\n".join([what, f"started as: {command}", f"its last lines, from {self._log.path}:", *lines])


def _filled(argument: str, places: Mapping[str, str]) -> str:
    # Not str.format: arguments may hold other braces, of JSON for example.
    for place, value in places.items():
        argument = argument.replace(place, value)
    return argument
