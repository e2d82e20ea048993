"""`docs/your-own-application.md` keeps its word: its commands exist, and its tables are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chaos.shorthand import read_rule
from stormwalk.__main__ import VERBS, _parser
from stormwalk.config import load_project

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "your-own-application.md").read_text(encoding="utf-8")
TABLES = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
HEAD = """name = "Shop"
[application]
base_url = "http://127.0.0.1:8000"
api_root = ""
[roles.member.actors]
sam = { username = "sam", password = "Passw0rd-Sam" }
"""


def test_its_tables_are_read_together(tmp_path: Path) -> None:
    path = tmp_path / "project.toml"
    path.write_text(HEAD + "".join(TABLES) + '[access.endpoints]\n"GET /" = "everybody"\n', encoding="utf-8")

    project = load_project(path, {})

    assert len(TABLES) == 3
    assert project.access is not None
    assert project.access.objects["order"].make[0].keep == {"basket": "url"}
    assert project.storm.end_state[0].pattern == r"orders/(\d+)/"


@pytest.mark.parametrize("command", re.findall(r"^python -m stormwalk (.*)$", PAGE, flags=re.MULTILINE))
def test_its_commands_are_understood(command: str) -> None:
    assert _parser().parse_args(command.split()).handle


def test_its_rule_is_one() -> None:
    (rule,) = re.findall(r"`(http:503 [^`]*)`", PAGE)

    assert read_rule(rule).hops


def test_it_names_our_verbs() -> None:
    assert {"stormwalk.starting.init_command", "stormwalk.starting.doctor_command"} <= {one.__name__ for one in VERBS}
