"""Evidence for those who read other reports too: pictures become attachments of Allure and of pytest-html.

Nothing is done where neither plugin is at work, and neither is a dependency.
"""

from __future__ import annotations

import base64
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

MOST = 50
"""Pictures of a journey that are attached, the last ones: they are copied into reports that hold everything."""


def wanted(config: pytest.Config) -> bool:
    """Whether anybody takes attachments: Allure with its folder, or pytest-html with its file."""
    return _allure(config) or _html(config)


def attach(config: pytest.Config, report: Any, pictures: Callable[[], Sequence[Path]]) -> None:
    """Hand the pictures of a journey to whoever is there; `pictures` is asked only then.

    To be called while the test's own report is made. A picture that is gone is left out: retention is quicker at times.
    """
    if not wanted(config):
        return
    there = [path for path in pictures() if path.is_file()][-MOST:]
    if _allure(config):
        allure = importlib.import_module("allure")
        for path in there:
            allure.attach.file(str(path), name=path.stem, attachment_type=allure.attachment_type.JPG)
    if _html(config):
        extras = importlib.import_module("pytest_html.extras")
        made = [extras.jpg(base64.b64encode(path.read_bytes()).decode(), name=path.stem) for path in there]
        report.extras = [*getattr(report, "extras", []), *made]


def _allure(config: pytest.Config) -> bool:
    return bool(config.getoption("allure_report_dir", None))


def _html(config: pytest.Config) -> bool:
    # A worker is told nothing of the file, and its reports travel to the process that writes it.
    return config.pluginmanager.hasplugin("html") and bool(config.getoption("htmlpath", None))
