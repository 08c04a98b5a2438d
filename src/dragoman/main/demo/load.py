"""Reads and checks the demo's content; wrong content is refused with the place of the fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from dragoman.main.demo.model import Customer, Demo, DemoError, Person, Platform, Product, Role, Shop, Ticket
from dragoman.main.demo.turns import read_ticket

CONTENT = Path(__file__).parent / "content"
RELAYS = frozenset({"amazon", "ebay"})

# RFC 2606 reserves these; the marketplaces' alias domains are text that is never mailed to.
_SAFE_DOMAIN = re.compile(
    r"(?:.+\.)?(?:example|example\.(?:com|net|org)|marketplace\.amazon\.[a-z.]{2,6}|members\.ebay\.[a-z.]{2,6})"
)
_ORDER_SHAPES: dict[Platform, re.Pattern[str]] = {
    "amazon": re.compile(r"\d{3}-\d{7}-\d{7}"),
    "ebay": re.compile(r"\d{2}-\d{5}-\d{5}"),
    "shopify": re.compile(r"#HV\d{5}"),
}

T = TypeVar("T")


def safe_domain(domain: str) -> bool:
    """Whether a domain is reserved for examples or a marketplace's alias domain."""
    return _SAFE_DOMAIN.fullmatch(domain.lower()) is not None


def order_fits(platform: Platform, order: str) -> bool:
    """Whether an order number has its platform's shape."""
    return _ORDER_SHAPES[platform].fullmatch(order) is not None


def load(folder: Path = CONTENT) -> Demo:
    """The demo's content from the YAML files of `folder`; raises DemoError naming file and entry."""
    company = _read(folder / "company.yaml")
    shops = _build(Shop, company["shops"], "company.yaml", _check_shop)
    people = _build(Person, company["people"], "company.yaml", _check_person)
    products = _build(Product, company["products"], "company.yaml", lambda _: None)
    book = _read(folder / "customers.yaml")
    rows = [*book["customers"], *({**row, "machine": True} for row in book["others"])]
    customers = _build(Customer, rows, "customers.yaml", lambda c: _check_customer(c, shops))
    tickets: dict[str, Ticket] = {}
    for path in sorted(folder.glob("tickets_*.yaml")):
        for row in _read(path):
            ticket = read_ticket(path.name, row, customers, people)
            _check_ticket(path.name, ticket, tickets, shops, customers, products)
            tickets[ticket.key] = ticket
    return Demo(
        name=company["name"],
        legal_name=company["legal_name"],
        domain=company["domain"],
        zone=company["time_zone"],
        address=company["address"],
        shops=shops,
        people=people,
        products=products,
        customers=customers,
        tickets=tickets,
        desk=_read(folder / "desk.yaml"),
    )


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (OSError, yaml.YAMLError) as error:
        raise DemoError(f"{path.name}: {error}") from error


def _build(kind: type[T], rows: Iterable[Mapping[str, Any]], file: str, check: Callable[[T], None]) -> dict[str, T]:
    built: dict[str, T] = {}
    for row in rows:
        key = str(row.get("key", ""))
        if not key or key in built:
            raise DemoError(f"{file}: {kind.__name__} key {key!r} is missing or used twice")
        try:
            built[key] = kind(**row)
            check(built[key])
        except (TypeError, ValueError) as error:
            raise DemoError(f"{file}: {kind.__name__} {key}: {error}") from error
    return built


def _check_address(address: str) -> None:
    _local, _, domain = address.partition("@")
    if not safe_domain(domain):
        raise ValueError(f"{address} is not at a reserved domain or a marketplace alias")


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"unknown time zone {zone}") from error


def _check_shop(shop: Shop) -> None:
    _check_address(shop.address)
    if shop.platform not in get_args(Platform):
        raise ValueError(f"unknown platform {shop.platform}")


def _check_person(person: Person) -> None:
    _check_address(person.email)
    _check_zone(person.zone)
    if person.role not in get_args(Role):
        raise ValueError(f"unknown role {person.role}")


def _check_customer(customer: Customer, shops: Mapping[str, Shop]) -> None:
    _check_address(customer.email)
    _check_zone(customer.zone)
    if customer.shop not in shops:
        raise ValueError(f"unknown shop {customer.shop}")


def _check_ticket(
    file: str,
    ticket: Ticket,
    earlier: Mapping[str, Ticket],
    shops: Mapping[str, Shop],
    customers: Mapping[str, Customer],
    products: Mapping[str, Product],
) -> None:
    def refuse(reason: str) -> DemoError:
        return DemoError(f"{file}: ticket {ticket.key}: {reason}")

    if ticket.key in earlier:
        raise refuse("the key is used twice")
    if ticket.shop not in shops:
        raise refuse(f"unknown shop {ticket.shop}")
    if ticket.product and ticket.product not in products:
        raise refuse(f"unknown product {ticket.product}")
    platform = shops[ticket.shop].platform
    if ticket.order and not order_fits(platform, ticket.order):
        raise refuse(f"{ticket.order} is not an order number of {platform}")
    if customers[ticket.customer].mailer in RELAYS and ticket.order:
        # A relay's mails are threaded by order and sender, so two matters of one order would run together.
        twins = [t.key for t in earlier.values() if (t.customer, t.order) == (ticket.customer, ticket.order)]
        if twins:
            raise refuse(f"the same order of the same relay customer as {twins[0]}")
    if customers[ticket.customer].mailer in RELAYS and not ticket.order and _mails(ticket) > 1:
        raise refuse("several mails through a relay need an order number to hold them together")


def _mails(ticket: Ticket) -> int:
    return sum(1 for turn in ticket.turns if type(turn).__name__ == "Incoming")


def platform_of(demo: Demo, ticket: Ticket) -> Platform:
    """The platform a ticket's shop sells on."""
    return demo.shops[ticket.shop].platform
