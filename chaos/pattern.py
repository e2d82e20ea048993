"""Patterns of addresses, written once and understood by three: by us, by Playwright's globs and by URLPattern of CDP.

/api/orders/{id}          a path, on whatever host; `{id}` and `*` stand for one segment or a part of it
/api/**                   everything below
/search?q=*               with a question mark, the query counts too
https://cdn.test/**       a whole address
**                        everything
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

_TOKEN = re.compile(r"\*\*|\*|\{[^{}/]+\}")
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class UrlPattern:
    """One pattern. Raises ValueError where it makes no sense."""

    text: str

    def __post_init__(self) -> None:
        if not re.match(r"/|\*|[a-z][a-z0-9+.-]*://[^/]", self.text, re.IGNORECASE) or re.search(r"\s", self.text):
            raise ValueError(f'expected a pattern such as /api/** or https://cdn.test/**, got "{self.text[:60]}"')
        if len(self.text) > _LONGEST or re.search(r"[{}]", _TOKEN.sub("", self.text)):
            raise ValueError(
                f'expected at most {_LONGEST} characters, and {{}} around one name, got "{self.text[:60]}"'
            )
        if re.match(r"[a-z]", self.text, re.IGNORECASE) and not origin_of(self.text):
            raise ValueError(f'expected an address with a host, such as https://cdn.test/**, got "{self.text[:60]}"')

    @property
    def is_everything(self) -> bool:
        return self.text in ("**", "**/*", "/**")

    @property
    def _is_path(self) -> bool:
        return self.text.startswith("/")

    def matches(self, url: str) -> bool:
        return self.is_everything or bool(_regex(self.text).fullmatch(self._counted(url)))

    def _counted(self, url: str) -> str:
        bare = url.partition("#")[0]
        bare = bare if "?" in self.text else bare.partition("?")[0]
        if not self._is_path:
            return bare
        rest = bare.partition("://")[2]
        return rest[rest.find("/") :] if "/" in rest else "/"

    def as_glob(self) -> str:
        """As Playwright matches it without asking Python."""
        if self.is_everything:
            return "**/*"
        plain = _TOKEN.sub(lambda one: one[0] if one[0] == "**" or "," in one[0] else "*", self.text)
        return f"{'*://*' if self._is_path else ''}{plain}{'' if '?' in plain else '{,?**}'}"

    def as_url_patterns(self) -> tuple[str, ...]:
        """As CDP matches it, one for each choice; there `*` stands for at least one character.

        A pattern without a port would silently match nothing on any port but the usual one.
        """
        if self.is_everything:
            return ("",)
        parts = [[*_each_choice(one)] for one in re.split(f"({_TOKEN.pattern})", self.text)]
        texts = ("".join(choice) for choice in itertools.product(*parts))
        return tuple(f"*://*:*{text}" if self._is_path else text for text in map(_with_named_places, texts))


def _each_choice(part: str) -> list[str]:
    if part in ("*", "**"):
        return [part]
    if _TOKEN.fullmatch(part):
        return part[1:-1].split(",") if "," in part else ["*"]
    return [part]


def _with_named_places(text: str) -> str:
    places = itertools.count()
    return _TOKEN.sub(lambda one: "*" if one[0] == "**" else f"{{:p{next(places)}}}", text)


def not_below(origin: str) -> str:
    """A regular expression, as both Python and JavaScript know it, for every address of another origin."""
    return f"^(?!{re.escape(origin)}([/?#]|$))https?:"


@functools.cache
def _regex(text: str) -> re.Pattern[str]:
    found, at = "", 0
    for one in _TOKEN.finditer(text):
        found += re.escape(text[at : one.start()]) + _expression(one[0])
        at = one.end()
    return re.compile(found + re.escape(text[at:]))


def _expression(token: str) -> str:
    if token.startswith("*"):
        return ".*" if token == "**" else "[^/]*"
    choices = token[1:-1].split(",")
    return f"(?:{'|'.join(map(re.escape, choices))})" if len(choices) > 1 else "[^/]+"


def siblings(base_url: str, hosts: Iterable[str]) -> frozenset[str]:
    """Those of the hosts that are of the same site as the application: `api.shop.test` of `www.shop.test`."""
    own = urlsplit(base_url).hostname or ""
    site = own.partition(".")[2] if own.count(".") > 1 else own
    numbers = own.replace(".", "").isdecimal() or ":" in own
    return (
        frozenset() if numbers or "." not in site else frozenset(one for one in hosts if f".{one}".endswith(f".{site}"))
    )


def origin_of(url: str) -> str:
    """Scheme, host and port; empty for what has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    usual = {"http": ":80", "https": ":443", "ws": ":80", "wss": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}" if parts.netloc else ""
