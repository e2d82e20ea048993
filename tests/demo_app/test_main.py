from __future__ import annotations

import signal
from pathlib import Path

import pytest

from demo_app.defects import CATALOGUE
from tests.demo_app.shop import run, running_shop


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_runs_and_stops_cleanly(stop: signal.Signals) -> None:
    with running_shop() as (shop, process):
        assert shop.json("GET", "/healthz")["status"] == "ok"
        process.send_signal(stop)
        assert process.wait(timeout=5) == 0


def test_a_database_file_is_kept_between_starts(tmp_path: Path) -> None:
    file = str(tmp_path / "shop.db")
    with running_shop("--database", file) as (shop, _):
        order = shop.order(shop.token("Sam"))
    with running_shop("--database", file) as (shop, _):
        assert shop.json("GET", f"/api/orders/{order['id']}", token=shop.token("Sam"))["total_cents"] == 3940


def test_a_port_in_use_is_one_line_and_exit_2() -> None:
    with running_shop() as (shop, _):
        port = shop.url.rpartition(":")[2]
        result = run("--port", port)
    assert result.returncode == 2
    assert result.stdout == ""
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_unknown_defect_is_exit_2_and_lists_the_names() -> None:
    result = run("--defects", "no-such-thing")
    assert result.returncode == 2
    assert "unknown defect no-such-thing" in result.stderr
    assert all(entry.name in result.stderr for entry in CATALOGUE)


def test_an_unreadable_database_is_exit_2(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_text("this is no database " * 100)
    for file in (broken, tmp_path / "no" / "folder" / "shop.db"):
        result = run("--database", str(file))
        assert result.returncode == 2
        assert f"cannot use the database {file}" in result.stderr


def test_the_catalogue_is_listed() -> None:
    result = run("--list-defects")
    assert result.returncode == 0
    for entry in CATALOGUE:
        assert f"{entry.name} ({entry.kind}{', decoy' if entry.decoy else ''})\n" in result.stdout
        assert all(
            words in result.stdout for words in (entry.summary, entry.expected, *entry.findings, *entry.shown_by)
        )
