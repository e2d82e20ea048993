"""What every fresh shop holds: the same users, products and orders, with the same numbers and times."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from werkzeug.security import generate_password_hash

# Cheap on purpose: the shop has to start in under a second, and guards nothing.
HASH_METHOD = "pbkdf2:sha256:1000"
EPOCH = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
FIRST_ORDER = 1001


@dataclass(frozen=True, slots=True, kw_only=True)
class SeededUser:
    """An actor who is there from the start; the password is `Passw0rd-` and the first name."""

    email: str
    name: str
    role: str
    address: str

    @property
    def password(self) -> str:
        return f"Passw0rd-{self.name.split()[0]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeededOrder:
    user: int
    status: str
    days: int
    items: tuple[tuple[int, int], ...]


def _user(email: str, name: str, role: str, address: str) -> SeededUser:
    return SeededUser(email=email, name=name, role=role, address=address)


USERS = (
    _user("sam@shop.test", "Sam Shopper", "shopper", "1 Harbour Lane, Porthaven"),
    _user("sara@shop.test", "Sara Shopper", "shopper", "22 Orchard Road, Applewick"),
    _user("sid@shop.test", "Sid Support", "support", "3 Help Street, Porthaven"),
    _user("suki@shop.test", "Suki Support", "support", "4 Help Street, Porthaven"),
    _user("mia@shop.test", "Mia Manager", "manager", "5 Ledger Court, Porthaven"),
    _user("max@shop.test", "Max Manager", "manager", "6 Ledger Court, Porthaven"),
    _user("ada@shop.test", "Ada Admin", "admin", "7 Root Avenue, Porthaven"),
    _user("abe@shop.test", "Abe Admin", "admin", "8 Root Avenue, Porthaven"),
)

PRODUCTS = (
    ("Storm Lantern", "Light", "A wind-proof lantern that burns forty hours on one filling.", 3450, 400),
    ("Head Torch", "Light", "Bright enough for a night walk, light enough to forget.", 2490, 400),
    ("Signal Whistle", "Safety", "Heard a mile away; floats.", 690, 900),
    ("First Aid Kit", "Safety", "Forty pieces in a dry bag.", 2150, 400),
    ("Rain Jacket", "Clothing", "Taped seams, deep hood, packs into its own pocket.", 8900, 300),
    ("Wool Socks", "Clothing", "Merino, warm when wet.", 1450, 900),
    ("Walking Boots", "Clothing", "Waxed leather, resoled for life.", 15900, 250),
    ("Trail Map", "Navigation", "The coast path on one waterproof sheet.", 1290, 600),
    ("Pocket Compass", "Navigation", "Liquid-filled brass compass with a lid.", 2750, 400),
    ("Steel Flask", "Kitchen", "Keeps tea hot for eighteen hours.", 2890, 400),
    ("Camp Kettle", "Kitchen", "Boils a litre in four minutes.", 3990, 4),
    ("Brass Barometer", "Navigation", "Tells of weather to come. Sold out until spring.", 11900, 0),
)

# Status `paid` here means that the warehouse waits: only new orders move by themselves.
ORDERS = (
    SeededOrder(user=1, status="shipped", days=1, items=((1, 1), (6, 2))),
    SeededOrder(user=1, status="shipped", days=4, items=((8, 1),)),
    SeededOrder(user=1, status="paid", days=9, items=((5, 1), (3, 1))),
    SeededOrder(user=2, status="shipped", days=10, items=((7, 1),)),
    SeededOrder(user=2, status="paid", days=12, items=((10, 2),)),
    SeededOrder(user=2, status="refunded", days=13, items=((2, 1),)),
    SeededOrder(user=1, status="paid", days=15, items=((4, 1), (9, 1))),
    SeededOrder(user=2, status="paid", days=16, items=((1, 2), (8, 1))),
)

SETTINGS = {"shop_name": "Stormwalk Outfitters", "support_email": "help@shop.test", "free_delivery_from_cents": "5000"}
DELIVERY_CENTS = 490


def seed(db: sqlite3.Connection) -> None:
    """Fill an empty database."""
    db.executemany("INSERT INTO settings (name, value) VALUES (?, ?)", SETTINGS.items())
    db.executemany(
        "INSERT INTO users (email, name, role, address, password_hash, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        [(u.email, u.name, u.role, u.address, _hash(u.password), _time(0)) for u in USERS],
    )
    db.executemany(
        "INSERT INTO products (name, category, description, price_cents, stock) VALUES (?, ?, ?, ?, ?)", PRODUCTS
    )
    for number, order in enumerate(ORDERS, start=FIRST_ORDER):
        _store_order(db, number, order)


def _hash(password: str) -> str:
    return generate_password_hash(password, method=HASH_METHOD)


def _time(days: int) -> str:
    return (EPOCH + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _store_order(db: sqlite3.Connection, number: int, order: SeededOrder) -> None:
    subtotal = sum(PRODUCTS[product - 1][3] * quantity for product, quantity in order.items)
    delivery = 0 if subtotal >= int(SETTINGS["free_delivery_from_cents"]) else DELIVERY_CENTS
    amounts = (subtotal, delivery, subtotal + delivery)
    user = USERS[order.user - 1]
    db.execute(
        "INSERT INTO orders (id, user_id, status, recipient, address, subtotal_cents, delivery_cents, total_cents,"
        " created_at, seeded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        (number, order.user, order.status, user.name, user.address, *amounts, _time(order.days)),
    )
    db.executemany(
        "INSERT INTO order_items (order_id, product_id, name, unit_price_cents, quantity) VALUES (?, ?, ?, ?, ?)",
        [(number, p, PRODUCTS[p - 1][0], PRODUCTS[p - 1][3], quantity) for p, quantity in order.items],
    )
