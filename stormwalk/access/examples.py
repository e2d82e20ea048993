"""Examples of what an OpenAPI document describes: those that it gives, else one made from the schema."""

from __future__ import annotations

from typing import Any

from stormwalk.access.documents import items, table, text
from stormwalk.access.matrix import UNIQUE

_DEEPEST = 8
_BY_FORMAT = {
    "email": f"{UNIQUE}@example.test",
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.test/",
}


def body_of(document: dict[str, Any], operation: dict[str, Any]) -> Any:
    """A body in JSON for the operation; None where it takes none."""
    content = table(_resolved(document, operation.get("requestBody")).get("content"))
    media = next((table(one) for name, one in content.items() if name.partition(";")[0].endswith("json")), None)
    return None if media is None else _given(media, lambda: example(document, media.get("schema")))


def parameter_value(document: dict[str, Any], parameter: Any) -> tuple[str, str] | None:
    """Name and value of a parameter of the path; None for any other."""
    one = _resolved(document, parameter)
    if one.get("in") != "path" or not text(one.get("name")):
        return None
    value = _given(one, lambda: example(document, one.get("schema")))
    return text(one["name"]), "1" if value in (None, UNIQUE) or isinstance(value, dict | list) else str(value)


def _given(holder: dict[str, Any], otherwise: Any) -> Any:
    if "example" in holder:
        return holder["example"]
    examples = [one["value"] for one in table(holder.get("examples")).values() if "value" in table(one)]
    return examples[0] if examples else otherwise()


def example(document: dict[str, Any], schema: Any, depth: int = 0) -> Any:
    """A value that the schema allows, as far as types say; None below a depth that no body has."""
    one = _resolved(document, schema)
    if depth > _DEEPEST:
        return None
    for key in ("example", "const", "default"):
        if key in one:
            return one[key]
    for key in ("examples", "enum"):
        if items(one.get(key)):
            return one[key][0]
    for key in ("oneOf", "anyOf"):
        if items(one.get(key)):
            return example(document, one[key][0], depth + 1)
    return _by_type(document, one, depth)


def _by_type(document: dict[str, Any], one: dict[str, Any], depth: int) -> Any:
    kind = one.get("type")
    kind = next((name for name in kind if name != "null"), None) if isinstance(kind, list) else kind
    if kind == "object" or "properties" in one or "allOf" in one:
        return _fields(document, one, depth)
    if kind == "array":
        item = example(document, one.get("items"), depth + 1)
        return [] if item is None else [item]
    if kind in ("integer", "number"):
        least = one.get("minimum", 1)
        return least if isinstance(least, int | float) else 1
    if kind == "boolean":
        return True
    return _BY_FORMAT.get(text(one.get("format")), UNIQUE) if kind == "string" else None


def _fields(document: dict[str, Any], one: dict[str, Any], depth: int) -> dict[str, Any]:
    """The fields that are required; all where none is."""
    found: dict[str, Any] = {}
    for part in items(one.get("allOf")):
        whole = example(document, part, depth + 1)
        found |= table(whole)
    properties = table(one.get("properties"))
    wanted = [name for name in items(one.get("required")) if name in properties] or list(properties)
    values = {name: example(document, properties[name], depth + 1) for name in wanted}
    return found | {name: value for name, value in values.items() if value is not None}


def _resolved(document: dict[str, Any], value: Any) -> dict[str, Any]:
    """The object behind a `$ref` within the document; an empty one for what leads nowhere."""
    one = table(value)
    for _ in range(_DEEPEST):
        reference = text(one.get("$ref"))
        if not reference:
            return one
        found: Any = document if reference.startswith("#/") else {}
        for name in reference.removeprefix("#/").split("/"):
            found = table(found).get(name.replace("~1", "/").replace("~0", "~"))
        one = table(found)
    return {}
