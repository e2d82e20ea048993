"""What looks like a secret without being known as one: names that mean secrets, and shapes of secrets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

MASK = "[redacted]"

_PASSWORD_WORDS = {"password", "passwords", "passwd", "passphrase", "pwd", "otp", "secret", "secrets", "credential"}
_TOKEN_WORDS = {"token", "tokens", "jwt", "apikey", "signature", "authorization", "credentials"}
_SESSION_WORDS = {"session", "sessionid", "sid", "cookie", "csrf", "xsrf", "csrftoken", "csrfmiddlewaretoken"}
_SESSION_WORDS |= {"jsessionid", "phpsessid", "sessid"}
_SECRET_WORDS = frozenset(_PASSWORD_WORDS | _TOKEN_WORDS | _SESSION_WORDS)
_SECRET_KEYS = frozenset({"api", "access", "private", "secret", "signing", "encryption"})
_ONLY_IN_QUERIES = frozenset({"code", "key", "sig", "auth"})
# `token_type`, `session_count`: they speak about a secret and hold none.
_ABOUT = frozenset({"type", "count", "field", "path", "ttl", "expires", "expiry", "at", "in", "seconds", "policy"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def names_a_secret(name: str) -> bool:
    """Whether a field or header of this name holds a secret: `access_token`, `apiKey`, `X-CSRF-Token`."""
    words = [word.lower() for word in _WORD.findall(unquote(name))]
    if not words or words[-1] in _ABOUT:
        return False
    return not _SECRET_WORDS.isdisjoint(words) or ("key" in words and not _SECRET_KEYS.isdisjoint(words))


@lru_cache(maxsize=4096)
def names_a_secret_in_a_query(name: str) -> bool:
    """As `names_a_secret`; in a query or fragment `code`, `key`, `sig` and `auth` are secrets as well."""
    return unquote(name).lower() in _ONLY_IN_QUERIES or names_a_secret(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A shape of secrets: what `regex` finds becomes `replacement`, as in `re.sub`."""

    name: str
    regex: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]

    def hide(self, text: str) -> str:
        return self.regex.sub(self.replacement, text)


def _field(match: re.Match[str]) -> str:
    if match["value"] in ("null", "true", "false") or not names_a_secret(match["name"]):
        return match[0]
    return f"{match['before']}{MASK}{match['after']}"


def _pair(match: re.Match[str]) -> str:
    secret = names_a_secret_in_a_query if match["lead"] else names_a_secret
    return f"{match['lead'] or ''}{match['name']}={MASK}" if secret(match["name"]) else match[0]


DEFAULT: tuple[Pattern, ...] = (
    # JSON Web Tokens, cut off ones too: `eyJ` is how base64 of `{"` begins.
    Pattern(name="jwt", regex=re.compile(r"\beyJ[\w-]{6,}(?:\.[\w-]*)+"), replacement=MASK),
    Pattern(
        name="private key",
        regex=re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"),
        replacement=MASK,
    ),
    # Header lines, as in logs and dumps of requests: all that follows the name.
    Pattern(
        name="header line",
        regex=re.compile(r"(?im)^([ \t<>*]{0,8}(?:proxy-)?(?:authorization|(?:set-)?cookie)[ \t]*:)[ \t]*[^\r\n]+"),
        replacement=rf"\1 {MASK}",
    ),
    Pattern(
        name="authorization scheme",
        regex=re.compile(r"(?i)\b(bearer|basic)(\s{1,4}|%20|\+)[\w.~+/=-]{8,}"),
        replacement=rf"\1\2{MASK}",
    ),
    # `https://user:password@host`
    Pattern(name="user of a URL", regex=re.compile(r"(?<=://)[^/\s?#\"'<>]+@"), replacement=f"{MASK}@"),
    # `"password": "..."` in JSON, and in what Python prints of a dict.
    Pattern(
        name="quoted field",
        regex=re.compile(
            r"""(?P<before>(["'])(?P<name>[\w$.-]{1,60})\2\s{0,8}:\s{0,8}(?P<quote>["']))"""
            r"""(?P<value>(?:\\.|(?!(?P=quote))[^\\])*)(?P<after>(?P=quote)|\Z)""",
            re.DOTALL,
        ),
        replacement=_field,
    ),
    # The same within a JSON text: each quote has a backslash, a quote of the value three.
    Pattern(
        name="escaped field",
        regex=re.compile(
            r"""(?P<before>\\"(?P<name>[\w$.-]{1,60})\\"\s{0,8}:\s{0,8}\\")"""
            r"""(?P<value>(?:[^"\\]|\\(?!")|(?<=\\\\)\\")*)(?P<after>\\"|\Z)"""
        ),
        replacement=_field,
    ),
    # `"pin_token": 1234`, and `- textbox "Password": ...` of an accessibility snapshot.
    Pattern(
        name="bare field",
        regex=re.compile(
            r"""(?P<before>(["'])(?P<name>[\w$. -]{1,60})\2\s{0,8}:[ \t]{0,8})"""
            r"""(?P<value>(?!\[redacted\])[^\s"',{}\[\]][^\r\n,}\]]*)(?P<after>)"""
        ),
        replacement=_field,
    ),
    # `password=...` of forms, and `?code=...` of addresses.
    Pattern(
        name="pair",
        regex=re.compile(
            r"""(?:(?P<lead>[?&#;])|(?<![\w.%-]))(?P<name>[\w.%-]{1,60})=(?!\[redacted\])[^\s&;"'<>,)]+"""
        ),
        replacement=_pair,
    ),
)
