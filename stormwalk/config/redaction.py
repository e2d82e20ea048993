"""The `[redaction]` table of the project file: what else is secret, and which parts of a page no picture may show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, SecretStr, StringConstraints, ValidationInfo

from stormwalk.config.tables import Table
from stormwalk.redact import MASK, Pattern

_LONGEST_PATTERN = 500


def _pattern(value: str) -> str:
    """A regular expression that finds something, and not nothing everywhere."""
    if len(value) > _LONGEST_PATTERN:
        raise ValueError(f"expected a regular expression of at most {_LONGEST_PATTERN} characters")
    try:
        matches_nothing = re.compile(value).search("") is not None
    except (re.error, RecursionError, OverflowError) as problem:
        raise ValueError(f"expected a regular expression: {str(problem)[:120]}") from None
    if matches_nothing:
        raise ValueError("expected a regular expression that does not match the empty text")
    return value


def _locator(value: str) -> str:
    """CSS, or another of Playwright's selectors, such as `role=textbox[name="IBAN"]`."""
    if not value.strip():
        raise ValueError('expected a locator such as "#iban" or "role=textbox[name=\\"IBAN\\"]"')
    return value.strip()


def _value_of(value: Any, info: ValidationInfo) -> Any:
    """The value of the variable; empty where it is not set, since then there is nothing to hide."""
    # A bare text would be the secret itself, in a file that is under version control.
    name = value.get("env") if isinstance(value, dict) and set(value) == {"env"} else None
    if not isinstance(name, str) or not name:
        raise ValueError('expected { env = "NAME_OF_A_VARIABLE" }')
    reading: Any = info.context
    return reading.environ.get(name, "")


NamedSecret = Annotated[SecretStr, BeforeValidator(_value_of)]
Expression = Annotated[str, StringConstraints(min_length=1), AfterValidator(_pattern)]
Locator = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_locator)]


class RedactionTable(Table):
    """`secrets` are values of environment variables that are shown nowhere, `patterns` regular expressions of what is
    hidden wherever it stands (personal data, for one), `mask` locators that are painted over in every picture."""

    secrets: tuple[NamedSecret, ...] = ()
    patterns: tuple[Expression, ...] = ()
    mask: tuple[Locator, ...] = ()

    def secret_values(self) -> Iterator[str]:
        yield from (one.get_secret_value() for one in self.secrets)

    @property
    def compiled(self) -> tuple[Pattern, ...]:
        """The project's own patterns, to stand behind those that always hold."""
        numbered = enumerate(self.patterns, 1)
        return tuple(Pattern(name=f"project {n}", regex=re.compile(text), replacement=MASK) for n, text in numbered)
