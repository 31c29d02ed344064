"""GET /api/v1/catalog/admin/imports/{id}/errors.csv: the rejected rows as a file."""

from uuid import UUID

from ravo.catalog.imports import replies
from ravo.catalog.imports.errors import ImportNotFound
from ravo.platform.database import reading
from ravo.platform.http import allowed, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/catalog/admin/imports/{id}/errors.csv",
    response_class=Response,
    responses=refusals(ImportNotFound) | {200: {"content": {"text/csv": {}}}},
    dependencies=[allowed("catalog:import")],
)
async def get_import_errors(id: UUID) -> Response:
    """Return the line, SKU and reason of each rejected row as CSV that is safe to open in a spreadsheet."""
    with reading() as session:
        body = replies.errors_as_csv(session, id)
    disposition = f'attachment; filename="import-{id}-errors.csv"'
    return Response(
        body, headers={"content-disposition": disposition, "cache-control": "private, no-store"}, media_type="text/csv"
    )


handler = lambda_handler(app)
