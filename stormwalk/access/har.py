"""Endpoints of a HAR file: what a browser has called, and whether it was signed in when it did."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from stormwalk.access.documents import items, read_json, table, text
from stormwalk.access.sights import Sight, place_names
from stormwalk.config import Project
from stormwalk.config.access import EVERYBODY, SIGNED_IN
from stormwalk.config.file import shown
from stormwalk.errors import UsageError
from stormwalk.redact import MASK, Redactor
from stormwalk.templates import template_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    method: str
    url: str
    host: str
    status: int
    signed_in: bool
    body: Any


def har_sights(path: Path, project: Project) -> list[Sight]:
    """The calls below the API root, of the host that has most of them. Raises UsageError, one line.

    Bodies are redacted. Browsers leave credentials out of most files that they export; where no call has any, nobody
    is said to have been signed out.
    """
    log = table(read_json(path, "a HAR file").get("log"))
    if not isinstance(log.get("entries"), list):
        raise UsageError(f"{shown(path)}: expected a HAR file with log.entries")
    redactor, root = project.redactor(), project.application.api_root
    entries = [
        one for raw in log["entries"] if (one := _entry(raw, redactor)) and _path(one.url).startswith(f"{root}/")
    ]
    hosts = Counter(one.host for one in entries).most_common(1)
    told = any(one.signed_in for one in entries)
    return [_sight(one, project, told) for one in entries if one.host == hosts[0][0] and one.status not in (404, 405)]


def _entry(raw: Any, redactor: Redactor) -> _Entry | None:
    request, response = table(table(raw).get("request")), table(table(raw).get("response"))
    method, url, status = text(request.get("method")).upper(), text(request.get("url")), response.get("status")
    try:
        host = urlsplit(url).netloc
    except ValueError:
        return None
    names = {text(table(one).get("name")).lower() for one in items(request.get("headers"))}
    return _Entry(
        method=method,
        url=redactor.url(url),
        host=host,
        status=status if isinstance(status, int) else 0,
        signed_in=bool(names & {"authorization", "cookie"} or items(request.get("cookies"))),
        body=_body(table(request.get("postData")), redactor),
    )


def _body(data: dict[str, Any], redactor: Redactor) -> Any:
    if "json" not in text(data.get("mimeType")):
        return None
    try:
        return redactor.json(json.loads(text(data.get("text"))))
    except (ValueError, RecursionError):
        return None


def _sight(one: _Entry, project: Project, told: bool) -> Sight:
    root = project.application.api_root
    template, values = placed(one.url, template_of(one.url, project.application.url_templates), root)
    who = SIGNED_IN if one.signed_in or not told else EVERYBODY
    return Sight(
        method=one.method,
        path=template,
        let_in=frozenset([who] if 200 <= one.status < 400 else []),
        body=one.body,
        params=values,
        seen=(str(one.status or "without answer"),),
    )


def placed(url: str, template: str, api_root: str) -> tuple[str, dict[str, str]]:
    """The template below the API root with its places named, and what stood in them."""
    below = template.removeprefix(api_root) or "/"
    named = list(place_names(below.split("/")))
    met = _path(url).removeprefix(api_root).split("/")
    values: dict[str, str] = {}
    for segment, value in zip(named, met, strict=False):
        before, _, rest = segment.partition("{")
        name, closed, after = rest.partition("}")
        if closed and MASK not in unquote(value):
            values[name] = unquote(value).removeprefix(before).removesuffix(after)
    return "/".join(named), values


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
