"""Prices are whole cents here, and look like €1,234.50 in the shop."""

from __future__ import annotations

import re


def euros(cents: int) -> str:
    """How the shop shows an amount."""
    return f"€{cents / 100:,.2f}"


def cents(text: str) -> int:
    """The amount that a price of the shop says."""
    return int(re.sub(r"[^0-9]", "", text))
