"""POST /api/v1/sales/webhooks/stripe: receive an event from Stripe."""

from typing import Annotated

from ravo.adapters.payments import WebhookSignatureInvalid
from ravo.platform.database import transaction
from ravo.platform.http import Answer, answer, create_app, refusals, signed, webhook_handler
from ravo.sales.webhooks import service
from ravo.sales.webhooks.errors import ForeignAccount
from ravo.sales.webhooks.schemas import Received

from fastapi import Header, Request, Response

app = create_app()


@app.post(
    "/api/v1/sales/webhooks/stripe",
    response_model=Answer[Received],
    responses=refusals(WebhookSignatureInvalid, ForeignAccount),
    dependencies=[signed],
)
async def receive_stripe_event(
    request: Request, stripe_signature: Annotated[str, Header(alias="Stripe-Signature", max_length=2000)] = ""
) -> Response:
    """Verify and store the event, and answer at once; a queue settles it for its order."""
    event = service.verified(await request.body(), stripe_signature)
    with transaction() as session:
        return answer(service.receive(session, event))


# Stripe's own event id is the idempotency key.
handler = webhook_handler(app)
