from __future__ import annotations

from dataclasses import dataclass

from demo_app.db import get_db
from demo_app.seed import DELIVERY_CENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an admin can set for the whole shop."""

    shop_name: str
    support_email: str
    free_delivery_from_cents: int

    def delivery_cents(self, subtotal_cents: int) -> int:
        return 0 if subtotal_cents >= self.free_delivery_from_cents else DELIVERY_CENTS


def read_settings() -> Settings:
    rows = {row["name"]: row["value"] for row in get_db().execute("SELECT name, value FROM settings")}
    return Settings(
        shop_name=rows["shop_name"],
        support_email=rows["support_email"],
        free_delivery_from_cents=int(rows["free_delivery_from_cents"]),
    )
