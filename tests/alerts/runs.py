"""Runs to tell of, projects that name whom to tell, and the seams by which a test stands in for the other side."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.alerts import sender
from stormwalk.alerts.alert import Alert, Line, Part, State
from stormwalk.alerts.channel import Letter
from stormwalk.alerts.channels.google_chat import GoogleChat
from stormwalk.alerts.outbox import DEFAULT_FILE, Outbox, Waiting
from stormwalk.alerts.posting import Allowed
from stormwalk.config import Project, load_project
from stormwalk.events import RunFinished, RunStarted
from stormwalk.model import Environment, Run, RunMode
from stormwalk.reading import read_run
from stormwalk.store import Store

HERE = Allowed(hosts=frozenset({"127.0.0.1"}), schemes=frozenset({"http"}))
"""What stands in for Google Chat in tests: nothing but this machine is ever asked."""

SENDING = """
import sys
from stormwalk.__main__ import main
from stormwalk.alerts.channels.google_chat import GoogleChat
from stormwalk.alerts.posting import Allowed

GoogleChat.allowed = Allowed(hosts=frozenset({"127.0.0.1"}), schemes=frozenset({"http"}))
if __name__ == "__main__":
    sys.exit(main(["alert", "--flush", "--patience", "60", *sys.argv[1:]]))
"""
"""A sender of its own process that sends to this machine; imported, it only lets the process that imports it do so."""

HEAD = 'name = "Small shop"\n[application]\nbase_url = "http://127.0.0.1:1"\n'


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """From now on this process sends to this machine only, and so does the sender that it starts."""
    monkeypatch.setattr(GoogleChat, "allowed", HERE)
    (folder / "sending.py").write_text(SENDING, encoding="utf-8")
    monkeypatch.setattr(sender, "command", (sys.executable, str(folder / "sending.py")))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def project(folder: Path, alerts: str) -> Project:
    file = folder / "shop.toml"
    file.write_text(HEAD + alerts, encoding="utf-8")
    return load_project(file)


def stored(
    store: Store, run_id: str, code: int, *, at: float, mode: RunMode = RunMode.NORMAL, branch: str = "main",
    interrupted: bool = False, project: str = "Small shop",
) -> Run:  # fmt: skip
    """A run that has ended with this exit code, in the store."""
    environment = Environment(branch=branch, commit="9f3c1e7a5b20")
    began = RunStarted(at=at, project=project, mode=mode, base_url="http://127.0.0.1:1", environment=environment)
    store.append(run_id, [began, RunFinished(at=at + 1, exit_code=code, interrupted=interrupted)])
    run = read_run(store, run_id)
    store.summarise(run)
    return run


def alert(**more: object) -> Alert:
    plain = Alert(
        run_id="20261122-101503-7f3a",
        project="Small shop",
        mode=RunMode.NORMAL,
        branch="main",
        state=State.FAILED,
        headline="Failed",
        subtitle="on main",
        thread="stormwalk-small-shop-normal-main-0",
        figures=(("Total Steps", "12"),),
        parts=(Part(title="What failed", lines=(Line(label="step 1", text="It was not shown"),)),),
        report_path="reports/20261122-101503-7f3a/report.html",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def put(root: Path, number: int = 1, variable: str = "CHAT", channel: str = "google-chat", at: float = 4e9) -> Outbox:
    """An outbox with one more letter in it."""
    outbox = Outbox(root / DEFAULT_FILE)
    payload = GoogleChat().render(alert(headline=f"Failed {number}"))
    letter = Letter(id=f"letter-{number}", channel=channel, variable=variable, payload=payload)
    outbox.put(Waiting(letter=letter, run_id="run", about=f"the alert of run {number}", created_at=at))
    return outbox
