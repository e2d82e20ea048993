"""Tests that do not know of us: a whole one is one step, so that it is watched, struck and healed like any other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from playwright.sync_api import BrowserContext, Page

from stormwalk.fixtures import WORKBENCH
from stormwalk.journey import Attempt
from stormwalk.page import PageObject

_OURS = ("stormwalk", "chaos")
_FIXTURES = frozenset({"visitor", "walk_as", "api_as"})
NAME = "The whole journey"


def walk_whole(item: pytest.Function) -> bool:
    """Walks the test as one step of its journey. False where it has steps of its own, or no page to look at."""
    __tracebackhide__ = True
    bench, page = item.config.stash[WORKBENCH], _page_of(item)
    if page is None or bench.recorder is None or knows_us(item):
        return False
    arguments = {name: item.funcargs[name] for name in item._fixtureinfo.argnames}
    whole = Attempt(
        name=NAME,
        owner=PageObject(page),
        weight=1.0,
        role_check=False,
        act=lambda: item.obj(**arguments),
        confirm=lambda: None,
    )
    bench.recorder.perform(whole)
    return True


def knows_us(item: pytest.Function) -> bool:
    """Whether the test, its fixtures or what they use in their own folders has anything of ours."""
    if _FIXTURES.intersection(item.fixturenames):
        return True
    seen: set[str] = set()
    waiting = [item.module.__name__, *_modules_of_fixtures(item)]
    root = str(item.config.rootpath)
    while waiting:
        name = waiting.pop()
        module = sys.modules.get(name)
        if name.partition(".")[0] in _OURS:
            return True
        if name in seen or module is None or not _lies_in(module, root, item):
            continue
        seen.add(name)
        waiting += _used_by(module)
    return False


def _modules_of_fixtures(item: pytest.Function) -> Iterator[str]:
    for found in item._fixtureinfo.name2fixturedefs.values():
        for one in found:
            # Those of plugins, ours among them, wait in every run for whoever asks.
            if one.baseid:
                yield one.func.__module__


def _lies_in(module: ModuleType, root: str, item: pytest.Function) -> bool:
    file = getattr(module, "__file__", None) or ""
    return module is item.module or (file.startswith(root) and "site-packages" not in file)


def _used_by(module: ModuleType) -> Iterator[str]:
    for value in list(vars(module).values()):
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        if isinstance(name, str):
            yield name


def _page_of(item: pytest.Function) -> Page | None:
    """The page that the test is given, or the first one of its context."""
    given = list(item.funcargs.values())
    pages = [one for one in given if isinstance(one, Page)]
    pages += [page for one in given if isinstance(one, BrowserContext) for page in one.pages]
    return pages[0] if pages else None
