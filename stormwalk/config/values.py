"""The values of a project file that need more than a type: secrets, paths, addresses and names.

Each validator raises ValueError with the words that follow `file: key: `. What may hold a secret is never shown.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, StringConstraints, ValidationInfo

_NAME = re.compile(r"\w[\w-]{0,39}")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,253}[a-z0-9_])?|[0-9a-f:.]*:[0-9a-f:.]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a project file is read with: the environment, where it lies, and the base URL given by an option.

    `access_path` is the file that `[access]` comes from; `made_up` collects the variables that got a random value.
    """

    environ: Mapping[str, str] = field(repr=False)
    path: Path
    base_url: str | None = None
    access_path: Path | None = None
    made_up: dict[str, str] = field(default_factory=dict, repr=False)


def _from_environment(value: Any, info: ValidationInfo) -> Any:
    """Text as it is, or the value of the variable that `{ env = "NAME" }` names."""
    if isinstance(value, str):
        return _filled(value, "text that is not empty")
    name = value.get("env") if isinstance(value, dict) and set(value) == {"env"} else None
    if not isinstance(name, str) or not name:
        raise ValueError('expected text or { env = "NAME_OF_A_VARIABLE" }')
    reading: Any = info.context
    found = reading.environ.get(name)
    if found is None:
        raise ValueError(f"expected the environment variable {name} to be set")
    return _filled(found, f"the environment variable {name} not to be empty")


def _from_environment_or_random(value: Any, info: ValidationInfo) -> Any:
    """As above; or the value of the variable that `{ random = "NAME" }` names, made up where it is not set."""
    if not isinstance(value, dict) or set(value) != {"random"}:
        return _from_environment(value, info)
    name = value["random"]
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError('expected the name of a variable, such as { random = "SIGNING_KEY" }')
    reading: Any = info.context
    return reading.environ.get(name) or reading.made_up.setdefault(name, secrets.token_hex(32))


def _filled(value: str, expected: str) -> str:
    if not value.strip():
        raise ValueError(f"expected {expected}")
    return value


def expression_with_group(value: str) -> str:
    """A regular expression that finds something as its first group."""
    try:
        if re.compile(value).groups:
            return value
    except re.error as problem:
        raise ValueError(f"expected a regular expression: {problem}") from None
    raise ValueError(f'expected a group around what is meant, such as "orders/([0-9]+)/", got "{value[:60]}"')


def http_url(value: str) -> str:
    """`http://host[:port][/path]` without a slash at its end; the user's name and password do not belong there."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        good = good and "@" not in parts.netloc and not parts.query and not parts.fragment
    except ValueError:
        good = False
    if not good or re.search(r"\s", value):
        raise ValueError("expected an address such as http://127.0.0.1:8000, without user, query or fragment")
    return value.rstrip("/")


def url_path(value: str) -> str:
    """A path from the root of the application."""
    if not re.fullmatch(r"/(?!/)[^\s?#]*", value):
        raise ValueError(f'expected a path such as "/healthz", got "{value[:60]}"')
    return value


def url_root(value: str) -> str:
    """The path under which the API lies, without a slash at its end; empty for the root."""
    return url_path(value).rstrip("/") if value else ""


def request_line(value: str) -> str:
    """A method and a path; the path may have a query."""
    if not re.fullmatch(r"(GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE) /(?!/)[^\s#]*", value):
        raise ValueError(f'expected a method and a path such as "DELETE /session", got "{value[:60]}"')
    return value


def host(value: str) -> str:
    """The name or address of a host, in small letters and without the brackets of IPv6."""
    name = value.lower().removeprefix("[").removesuffix("]")
    if not _HOST.fullmatch(name):
        raise ValueError(f'expected a host without scheme, port or path, such as "localhost", got "{value[:60]}"')
    return name


def name(value: str) -> str:
    """What a role or an actor is called; it is part of file names and of report pages."""
    if not _NAME.fullmatch(value):
        raise ValueError(f'expected a name of letters, digits, "_" and "-", at most 40, got "{value[:60]}"')
    return value


Text = Annotated[str, StringConstraints(min_length=1)]
HttpUrl = Annotated[str, AfterValidator(http_url)]
UrlPath = Annotated[str, AfterValidator(url_path)]
Finding = Annotated[str, StringConstraints(min_length=1), AfterValidator(expression_with_group)]
UrlRoot = Annotated[str, AfterValidator(url_root)]
RequestLine = Annotated[str, AfterValidator(request_line)]
Host = Annotated[str, AfterValidator(host)]
Name = Annotated[str, AfterValidator(name)]
Secret = Annotated[SecretStr, BeforeValidator(_from_environment)]
FromEnvironment = Annotated[str, BeforeValidator(_from_environment)]
SharedSecret = Annotated[SecretStr, BeforeValidator(_from_environment_or_random)]
