"""The tree of categories as shoppers see it."""

from collections.abc import Sequence

from ravo.catalog.categories.schemas import CategoryNode
from ravo.catalog.storefront.queries import CategoryRow


def tree_of(rows: Sequence[CategoryRow]) -> list[CategoryNode]:
    """Return the roots, each with its subcategories, in the order of the rows."""
    nodes = {
        row.id: CategoryNode(
            id=row.id,
            slug=row.slug,
            path=row.path,
            name=row.name,
            description=row.description,
            product_count=row.product_count,
            children=[],
        )
        for row in rows
    }
    for row in rows:
        if row.parent_id:
            nodes[row.parent_id].children.append(nodes[row.id])
    return [nodes[row.id] for row in rows if row.parent_id is None]
