"""Endpoints of an OpenAPI 3 document: for coverage by name, for a draft with example bodies and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stormwalk.access.documents import items, read_json, table, text
from stormwalk.access.examples import body_of, parameter_value
from stormwalk.access.matrix import endpoint_name
from stormwalk.access.sights import Sight
from stormwalk.config.access import EVERYBODY, SIGNED_IN
from stormwalk.config.file import shown
from stormwalk.errors import UsageError

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a document: its path below the API root, and what is written of it and of its path."""

    method: str
    path: str
    said: dict[str, Any]
    parameters: tuple[Any, ...]


def openapi_endpoints(path: Path, api_root: str) -> tuple[str, ...]:
    """The endpoints of the document, as `GET /api/orders/{id}`. Raises UsageError, one line."""
    return tuple(endpoint_name(one.method, api_root, one.path) for one in _operations(_read(path), api_root))


def openapi_sights(path: Path, api_root: str) -> list[Sight]:
    """The endpoints of the document with all that a draft can use. Raises UsageError, one line."""
    document = _read(path)
    return [_sight(document, one) for one in _operations(document, api_root)]


def _read(path: Path) -> dict[str, Any]:
    document = read_json(path, "an OpenAPI 3 document")
    version = text(document.get("openapi"))
    if not version.startswith("3."):
        found = f'version "{version[:20]}"' if version else f'swagger "{text(document.get("swagger"))[:20]}"'
        raise UsageError(f'{shown(path)}: expected an OpenAPI 3 document with openapi: "3...", got {found}')
    return document


def _operations(document: dict[str, Any], api_root: str) -> Iterator[Operation]:
    """Those below the API root. A document without servers, or with ones of no path, is taken to begin there."""
    server = text(table(next(iter(items(document.get("servers"))), None)).get("url"))
    base = _path_of(server)
    for path, said in table(document.get("paths")).items():
        whole = f"{base}{path}"
        if whole.startswith(f"{api_root}/"):
            below = whole.removeprefix(api_root)
        elif not base:
            below = path
        else:
            continue
        shared = items(table(said).get("parameters"))
        for method in _METHODS:
            if isinstance(table(said).get(method), dict):
                one = said[method]
                parameters = (*items(one.get("parameters")), *shared)
                yield Operation(method=method.upper(), path=below, said=one, parameters=parameters)


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/") if "{" not in url else ""
    except ValueError:
        return ""


def _sight(document: dict[str, Any], one: Operation) -> Sight:
    security = one.said.get("security", document.get("security"))
    # An empty list lifts it, and an empty object in the list makes it optional.
    is_open = not items(security) or {} in items(security)
    return Sight(
        method=one.method,
        path=one.path,
        let_in=frozenset([EVERYBODY if is_open else SIGNED_IN]),
        body=body_of(document, one.said),
        params=dict(filter(None, (parameter_value(document, parameter) for parameter in one.parameters))),
        remark=" ".join(text(one.said.get("summary")).split())[:80],
    )
