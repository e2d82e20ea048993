"""The people and the books of the shop. Passwords are `Passw0rd-NAME`."""

from decimal import Decimal

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from oscar.apps.catalogue.categories import create_from_breadcrumbs
from oscar.core.loading import get_model

PEOPLE = {  # name: staff, superuser
    "admin": (True, True),
    "staff": (True, False),
    "support": (True, False),
    "partner": (False, False),
    "alice": (False, False),
    "bob": (False, False),
}
COUNTRIES = (("GB", "GBR", "826", "United Kingdom"), ("DE", "DEU", "276", "Germany"))
BOOKS = (
    ("Journey Testing", "12.50", 5000),
    ("Resilient Checkout", "20.00", 5000),
    ("Accessible Forms", "7.99", 5000),
    ("Scarce Edition", "99.00", 1),
    ("Out Of Print", "5.00", 0),
)
MAY_READ_ORDERS = (("order", "view_order"), ("order", "change_order"), ("user", "view_user"), ("auth", "view_user"))


def seed() -> None:
    """Fills an empty database."""
    for name, (staff, superuser) in PEOPLE.items():
        person = get_user_model()(username=name, email=f"{name}@shop.test", is_staff=staff, is_superuser=superuser)
        person.set_password(f"Passw0rd-{name}")
        person.save()
    for two, three, number, name in COUNTRIES:
        get_model("address", "Country").objects.create(
            iso_3166_1_a2=two,
            iso_3166_1_a3=three,
            iso_3166_1_numeric=number,
            printable_name=name,
            name=name.upper(),
            is_shipping_country=True,
        )
    _give_rights()
    _stock_books()


def _give_rights() -> None:
    people = get_user_model().objects
    partner = get_model("partner", "Partner").objects.create(code="main", name="Main partner")
    partner.users.add(people.get(username="partner"))
    may = Permission.objects
    people.get(username="partner").user_permissions.add(
        may.get(content_type__app_label="partner", codename="dashboard_access")
    )
    for label, codename in MAY_READ_ORDERS:
        found = may.filter(content_type__app_label=label, codename=codename)
        people.get(username="support").user_permissions.add(*found)


def _stock_books() -> None:
    book = get_model("catalogue", "ProductClass").objects.create(name="Book", track_stock=True, requires_shipping=True)
    category = create_from_breadcrumbs("Books > Testing")
    partner = get_model("partner", "Partner").objects.get(code="main")
    for number, (title, price, stock) in enumerate(BOOKS, 1):
        product = get_model("catalogue", "Product").objects.create(
            upc=f"BK{number:03}",
            title=title,
            product_class=book,
            structure="standalone",
            description=f"<p>{title}, a book.</p>",
        )
        product.categories.add(category)
        get_model("partner", "StockRecord").objects.create(
            product=product,
            partner=partner,
            partner_sku=f"sku-{number}",
            price_currency="GBP",
            price=Decimal(price),
            num_in_stock=stock,
        )
