"""What can be seen to be wrong with a command line before anything starts, and would else be misunderstood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from stormwalk.errors import UsageError
from stormwalk.options import OPTIONS

_INI_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_INI_SECTION = re.compile(r"^\[(tool[.:])?pytest\b", re.MULTILINE)


def expect_sense(config: pytest.Config) -> None:
    """Raises UsageError for options of ours that say nothing, or that pytest itself has misunderstood."""
    for option in (one for one in OPTIONS if not one.flag):
        _expect_value(option.name, config.getoption(option.dest, None))
    _expect_own_ini(config)


def expect_sense_of_others(config: pytest.Config) -> None:
    """The same for options of other plugins; to be asked only where Stormwalk has something to do."""
    _expect_value("--base-url", _typed_base_url(config))
    if config.getoption("stormwalk_browser_path", None):
        _expect_our_browser(config)
    workers = config.getoption("numprocesses", None)
    if isinstance(workers, int) and workers < 0:
        raise UsageError(f"-n {workers}: give the number of workers, from 1 on, or auto")


def _expect_our_browser(config: pytest.Config) -> None:
    engines, channel = config.getoption("browser", None) or ["chromium"], config.getoption("browser_channel", None)
    if channel or engines != ["chromium"]:
        other = f"--browser-channel {channel}" if channel else f"--browser {engines[0]}"
        raise UsageError(f"--browser-path and {other} both say which browser to use: leave one of them out")


def _expect_value(name: str, value: str | None) -> None:
    if value is not None and not value.strip():
        raise UsageError(f"{name} is empty: give it a value, or leave it out; is an environment variable not set?")


def _typed_base_url(config: pytest.Config) -> str | None:
    """What was typed. The plugin pytest-base-url, where it is there, makes an empty text of what was not given."""
    source = config.known_args_namespace if config.pluginmanager.hasplugin("base_url") else config.option
    typed: str | None = getattr(source, "base_url", None)
    return typed


def _expect_own_ini(config: pytest.Config) -> None:
    """pytest looks for its ini file where the paths of the command line are, and it takes our values for such paths."""
    if config.getoption("inifilename", None) or not _all_inside(config):
        return
    unread = next(_ini_files_above(config.invocation_params.dir), None)
    if unread is None or unread == config.inipath:
        return
    for option in OPTIONS:
        value = config.getoption(option.dest, None)
        if value in config.invocation_params.args and Path(value).is_absolute() and Path(value).exists():
            raise UsageError(
                f"pytest took {value} for a place of tests, and so it did not read {unread};"
                f" write {option.name}={value} in one word"
            )


def _all_inside(config: pytest.Config) -> bool:
    """Whether all tests that are asked for lie below the current folder, so that its ini file was meant."""
    here = config.invocation_params.dir
    return all(Path(here, one.split("::")[0]).is_relative_to(here) for one in config.args)


def _ini_files_above(folder: Path) -> Iterator[Path]:
    for place in (folder, *folder.parents):
        for name in _INI_FILES:
            file = place / name
            if file.is_file() and _INI_SECTION.search(file.read_text(encoding="utf-8", errors="replace")):
                yield file
