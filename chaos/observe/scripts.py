"""The scripts that run in the page, put together from their files."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

BINDING = "__stormwalk_seen"
_KEPT = "__stormwalk_kept"


def observer_script(salt: str) -> str:
    """The init script: runs in every document before the page's own."""
    return f"{{\n{_names(salt)}{_file('shared.js')}{_file('observer.js')}}}\n"


def look_script(salt: str) -> str:
    """The expression of a look; its value is JSON text, or `!` and what went wrong."""
    body = f"{_names(salt)}{_file('shared.js')}{_file('look.js')}"
    return f"(() => {{ try {{\n{body}}} catch (error) {{ return `!${{error}}`.slice(0, 300) }} }})()"


def _names(salt: str) -> str:
    names = {"SALT": salt, "BINDING": BINDING, "KEPT": _KEPT}
    return "".join(f"const {name} = {json.dumps(value)};\n" for name, value in names.items())


@cache
def _file(name: str) -> str:
    return resources.files("chaos.observe").joinpath(name).read_text(encoding="utf-8")
