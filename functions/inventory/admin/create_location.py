"""POST /api/v1/inventory/admin/locations: create a location."""

from ravo.inventory.locations import service as locations
from ravo.inventory.locations.errors import LocationCodeTaken
from ravo.inventory.locations.schemas import LocationInput, LocationReply
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/inventory/admin/locations",
    status_code=201,
    response_model=Answer[LocationReply],
    responses=refusals(LocationCodeTaken),
    dependencies=[allowed("stock:write")],
)
async def create_location(given: LocationInput) -> Response:
    """Create a place that stores stock; orders take from the location with the lowest priority number first."""
    with transaction() as session:
        made = LocationReply.model_validate(locations.create(session, given))
    return created(made, location=f"/api/v1/inventory/admin/locations/{made.id}")


handler = lambda_handler(app)
