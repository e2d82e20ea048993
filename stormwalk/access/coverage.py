"""Endpoints that the application has and the matrix has not. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stormwalk.access.matrix import Matrix
from stormwalk.observations import Call

_IGNORED = ("HEAD", "OPTIONS", "CONNECT", "TRACE")
_NOT_THERE = (404, 405)
_PLACE = re.compile(r"\{[^{}/]*\}")
_PAGE_PARTS = ("document", "stylesheet", "script", "image", "font", "media", "manifest", "texttrack")


def uncovered(
    matrix: Matrix, api_root: str, calls: Iterable[Call], openapi_endpoints: Iterable[str] = ()
) -> tuple[str, ...]:
    """Endpoints that were called, or stand in the OpenAPI file, and are absent from the matrix, as `GET /api/x/{id}`.

    Places are compared by where they are, not by their names: `/api/orders/{id}` is `/orders/{order}` of the matrix.
    A fixed segment fits no place, as `/orders/export` may be another endpoint than `/orders/{order}` and would be the
    very one that was forgotten; names that are ids are made known by `application.url_templates`.
    """
    known = {_shape(one.name) for one in matrix.endpoints}
    seen = {_shape(name): name for name in (*openapi_endpoints, *_called(api_root, calls)) if _counts(name)}
    return tuple(sorted((_shown(name) for shape, name in seen.items() if shape not in known), key=_by_path))


def existing(calls: Iterable[Call]) -> set[tuple[str, str]]:
    """Method and template of those endpoints that are known to exist.

    One that was never answered but with 404 or 405 is left out: nothing says that it is there, a page may ask for what
    is gone, and nobody could write a line of the matrix for it that holds. Where another role or object was answered,
    the endpoint is there, and so it is where no answer came at all: the page at least believes in it.
    """
    return {(one.method, one.template) for one in calls if one.status not in _NOT_THERE}


def below(api_root: str, call: Call) -> bool:
    """Whether a call belongs to the API. Where the API has no root of its own, parts of pages do not."""
    if not api_root:
        return call.template.startswith("/") and call.resource_type not in _PAGE_PARTS
    return call.template.startswith(f"{api_root}/") or call.template == api_root


def _called(api_root: str, calls: Iterable[Call]) -> Iterator[str]:
    of_the_api = [one for one in calls if below(api_root, one)]
    return (f"{method} {template}" for method, template in existing(of_the_api))


def _counts(name: str) -> bool:
    return name.partition(" ")[0] not in _IGNORED


def _shape(name: str) -> str:
    return _PLACE.sub("{}", name).rstrip("/")


def _shown(name: str) -> str:
    return _PLACE.sub("{id}", name)


def _by_path(name: str) -> tuple[str, str]:
    method, _, path = name.partition(" ")
    return path, method
