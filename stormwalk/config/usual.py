"""Where the project file usually stands, for commands that are not told."""

from __future__ import annotations

from pathlib import Path

USUAL_PROJECTS = (Path("project.toml"), Path("projects", "demo.toml"))
"""The first one that is there is meant."""


def usual_project() -> Path:
    """The project file of this folder; where there is none, the name that `init` gives it."""
    return next((one for one in USUAL_PROJECTS if one.exists()), USUAL_PROJECTS[0])
