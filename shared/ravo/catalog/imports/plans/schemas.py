"""Plans: what an import makes of products and variants, and the defaults of new ones."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ravo.catalog.imports.plans.queries import VARIANT_COLUMNS
from ravo.catalog.imports.queries import RowOutcome, StagedRow

NEW_PRODUCT: dict[str, Any] = {
    "description": "",
    "short_description": "",
    "sale_price": None,
    "compare_at_price": None,
    "cost_price": None,
    "status": "active",
    "visibility": "visible",
    "tax_class": "standard",
    "shipping_class": "standard",
    "track_inventory": True,
    "allow_backorder": False,
    "features": [],
    "materials": "",
    "sustainability": "",
    "attributes": {},
    "images": [],
    "featured": False,
    "meta_title": "",
    "meta_description": "",
}
NEW_VARIANT: dict[str, Any] = {
    **dict.fromkeys(name for name in VARIANT_COLUMNS if name != "sku"),
    "available": 0,
    "images": [],
    "is_active": True,
    "position": 0,
}


@dataclass
class ProductPlan:
    """One product of the file, being planned."""

    key: str
    rows: list[StagedRow]
    said: dict[str, Any] = field(default_factory=dict[str, Any])
    fields: dict[str, Any] = field(default_factory=dict[str, Any])
    id: UUID | None = None
    outcome: str = "unchanged"
    reason: str | None = None
    categories: list[str] | None = None
    tags: list[str] | None = None
    variants: list["VariantPlan"] = field(default_factory=list["VariantPlan"])


@dataclass
class VariantPlan:
    row: StagedRow
    said: dict[str, Any]
    fields: dict[str, Any] = field(default_factory=dict[str, Any])
    id: UUID | None = None
    outcome: str = "unchanged"
    reason: str | None = None
    # Whether the file has another number of units than the shop.
    counted: bool = False


@dataclass(frozen=True)
class Applied:
    """What a chunk did: the outcome of every row, the products that changed, and the units counted of variants."""

    outcomes: list[RowOutcome]
    changed: list[UUID]
    stock: dict[UUID, int]
