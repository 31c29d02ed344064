"""The permissions that exist, and the roles that every shop starts with."""

from typing import NamedTuple

from ravo.platform.tokens import EVERYTHING

PERMISSIONS: dict[str, str] = {
    EVERYTHING: "Everything, now and later",
    "products:read": "See products as staff do, with costs and drafts",
    "products:write": "Create, change and delete products, variants, categories, tags and collections",
    "products:publish": "Put products on sale and take them off",
    "stock:read": "See stock, its movements and where it lies",
    "stock:write": "Count and move stock, and manage locations",
    "orders:read": "See orders and their payments",
    "orders:write": "Move orders along, cancel them, and write notes on them",
    "orders:refund": "Send money back",
    "pricing:read": "See taxes, shipping rates, promotions and gift cards",
    "pricing:write": "Change taxes, shipping rates, promotions and gift cards",
    "catalog:import": "Import and export the catalogue",
    "privacy:read": "See who asked for their data or to be forgotten",
    "privacy:write": "Have people's data copied to them, and have people forgotten",
    "events:read": "See what has happened, with all that events say",
    "events:replay": "Tell a consumer of events again",
    "users:read": "See everyone's accounts",
    "users:write": "Invite people, change their accounts, disable and enable them",
    "roles:read": "See roles and what they allow",
    "roles:write": "Make, change and delete roles, within what one may do oneself",
    "roles:assign": "Give people roles and take them, within what one may do oneself",
    "keys:read": "See the keys of machines",
    "keys:write": "Make and revoke keys of machines, within what one may do oneself",
    "audit:read": "See who changed what",
}


class RoleSeed(NamedTuple):
    """A role that is there from the start."""

    name: str
    description: str
    permissions: tuple[str, ...]


SUPER_ADMIN = "super_admin"
CUSTOMER = "customer"
# These hold the same in every shop: the super admin's role holds everything, the role of new customers nothing.
FIXED = (SUPER_ADMIN, CUSTOMER)

ROLES: tuple[RoleSeed, ...] = (
    RoleSeed(SUPER_ADMIN, "Owns the shop", (EVERYTHING,)),
    RoleSeed("admin", "Runs the shop", tuple(name for name in PERMISSIONS if name != EVERYTHING)),
    RoleSeed("editor", "Writes what the shop says", ("products:read", "products:write")),
    RoleSeed(CUSTOMER, "Shops", ()),
)
