"""How a run was started: what a command must name again to walk the same application in the same browser, as often.

Without them a finding of somebody else's application would be replayed against the one that the ini file names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from stormwalk.config.budgets import PATIENCE_VARIABLE
from stormwalk.storm import Invocation

_NAMES = (
    "--project", "--stormwalk-project", "--base-url", "--rootdir", "-c", "--config-file", "--browser",
    "--browser-channel", "--browser-path", "--stormwalk-browser-path", "--device",
    # The number of a walk is part of every decision of its storm.
    "--chaos-repeats",
)  # fmt: skip
_FLAGS = ("--headed", "--i-have-approval")
_OF_PYTEST = ("--rootdir", "-c", "--config-file")


def invocation_of(config: pytest.Config) -> Invocation:
    """What was typed; a worker has it from who started it."""
    given = getattr(config, "workerinput", {}).get("chaos_invocation")
    if given is not None:
        patience, root, options, fail_under = given
        return Invocation(patience=patience, root=root, options=tuple(options), fail_under=fail_under)
    here = config.invocation_params.dir
    return Invocation(
        patience=os.environ.get(PATIENCE_VARIABLE, "").strip(),
        root=_seen_from(here, config.rootpath),
        options=tuple(_repeated([str(one) for one in config.invocation_params.args], here)),
        fail_under=config.getoption("fail_under"),
    )


def _seen_from(here: Path, root: Path) -> str:
    try:
        return "" if root == here else Path(os.path.relpath(root, here)).as_posix()
    except ValueError:
        return root.as_posix()  # on another drive


def _repeated(typed: Sequence[str], here: Path) -> Iterator[str]:
    words = iter(typed)
    for word in words:
        name, given, value = word.partition("=")
        if word in _FLAGS:
            yield word
        elif name in _NAMES:
            value = value if given else next(words, "")
            if value and not _finds_by_itself(name, value, here):
                yield f"{name}={value}" if name.startswith("--") else f"{name}{value}"


def _finds_by_itself(name: str, value: str, here: Path) -> bool:
    """Our runners name the root and the ini file of the folder that they walk from."""
    return name in _OF_PYTEST and here in (Path(value), Path(value).parent)
