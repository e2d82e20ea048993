"""The table of the application: how it is started or reached."""

from __future__ import annotations

from typing import Self

from pydantic import ValidationInfo, model_validator

from stormwalk.config.durations import Milliseconds
from stormwalk.config.tables import Table, below
from stormwalk.config.values import HttpUrl, Text, UrlPath, UrlRoot


class ApplicationTable(Table):
    """How the application is reached: started by us (`start`), or running already (`base_url`).

    `start` knows the placeholders `{port}`, `{python}` and `{root}`; `folder`, relative to the project file, is where
    it is started, by default the nearest folder above with a pyproject.toml or .git.
    """

    start: tuple[Text, ...] = ()
    base_url: HttpUrl | None = None
    folder: Text | None = None
    ready: UrlPath = "/"
    api_root: UrlRoot = "/api"
    start_timeout: Milliseconds = 20_000.0
    url_templates: tuple[UrlPath, ...] = ()

    @model_validator(mode="after")
    def _reachable(self, info: ValidationInfo) -> Self:
        given = info.context.base_url if info.context else None
        if self.start and not any("{port}" in argument for argument in self.start):
            raise below(("start",), 'expected an argument with {port}, such as "--port={port}"')
        if self.start and self.base_url:
            raise ValueError("expected start or base_url, got both")
        if not (self.start or self.base_url or given):
            raise ValueError("expected start (the command that starts the application) or base_url")
        return self
