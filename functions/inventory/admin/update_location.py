"""PATCH /api/v1/inventory/admin/locations/{id}: change a location."""

from uuid import UUID

from ravo.inventory.locations import service as locations
from ravo.inventory.locations.errors import LocationNotFound
from ravo.inventory.locations.schemas import LocationChange, LocationReply
from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/inventory/admin/locations/{id}",
    response_model=Answer[LocationReply],
    responses=refusals(LocationNotFound, VersionConflict),
    dependencies=[allowed("stock:write")],
)
async def update_location(id: UUID, change: LocationChange) -> Response:
    """Rename, reorder or close a location; stock at a closed location is not sold."""
    with transaction() as session:
        return answer(LocationReply.model_validate(locations.change(session, id, change)))


handler = lambda_handler(app)
