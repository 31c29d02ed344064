"""Payments and refunds where localstripe differs from Stripe's documents: test cards, retries, events, lists."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import Any

# localstripe has no types, and its functions have names of its own.
_resources: Any = import_module("localstripe.resources")
_webhooks: Any = import_module("localstripe.webhooks")
_Refused: Any = import_module("localstripe.errors").UserError

# docs.stripe.com/testing: the code of the error, and its reason.
DECLINED = {
    "4000000000000002": ("card_declined", "generic_decline"),
    "4000000000009995": ("card_declined", "insufficient_funds"),
    "4000000000009987": ("card_declined", "lost_card"),
    "4000000000009979": ("card_declined", "stolen_card"),
    "4000000000000069": ("expired_card", "expired_card"),
    "4000000000000127": ("incorrect_cvc", "incorrect_cvc"),
    "4000000000000119": ("processing_error", "processing_error"),
    "4000000000000341": ("card_declined", "generic_decline"),
    "4000008260003178": ("card_declined", "insufficient_funds"),
    "4000008400001629": ("card_declined", "generic_decline"),
}
# Refunds of these two cards are pending or succeed at first, and change a little later.
REFUNDED_LATER = "4000000000007726"
REFUND_FAILS = "4000000000005126"
REFUND_SECONDS = 2.0
_OPEN = {"requires_payment_method", "requires_confirmation", "requires_action"}
_COMPARING: dict[str, Callable[[int, int], bool]] = {
    "gt": int.__gt__,
    "gte": int.__ge__,
    "lt": int.__lt__,
    "lte": int.__le__,
}


def mend() -> None:
    """Change the methods of localstripe's own objects before it serves."""
    declined: Any = _resources.PaymentMethod._charging_is_declined
    _resources.PaymentMethod._charging_is_declined = lambda method: _number(method) in DECLINED or declined(method)
    _resources.Charge._set_auth_failure = _set_failure
    _resources.Charge.amount_refunded = property(_refunded)
    _resources.PaymentIntent.amount_received = property(_received)


def client_secret(intent_id: str) -> str:
    """Return what a browser needs to pay an intent."""
    return _intent(intent_id).client_secret


def create_intent(given: dict[str, Any]) -> Any:
    """Create an intent, with the fields for which localstripe has no place."""
    more = {name: given.pop(name) for name in ("description", "receipt_email") if name in given}
    more["payment_method_types"] = given.pop("allowed_payment_method_types", ["card"])
    given.pop("automatic_payment_methods", None)
    intent = _resources.PaymentIntent._api_create(**given)
    vars(intent).update(more)
    _tell("payment_intent.created", intent)
    return intent


def find_intent(given: dict[str, Any]) -> Any:
    """Return an intent, also to a browser."""
    return _intent(given["id"])


def list_intents(given: dict[str, Any]) -> Any:
    """Return the intents that were created within a period, the newest first."""
    created: dict[str, Any] = given.pop("created", {})
    found = _resources.PaymentIntent._api_list_all("/v1/payment_intents", **given)
    found._list = [
        intent
        for intent in reversed(found._list)
        if all(_COMPARING[how](intent.created, int(when)) for how, when in created.items())
    ]
    return found


def confirm(given: dict[str, Any]) -> Any:
    """Pay with a card that is given now or was given before. After a decline another card may be tried."""
    intent = _intent(given["id"])
    if intent.status not in _OPEN:
        raise _unexpected_state(intent, "confirm")
    if "payment_method_data" in given:
        given["payment_method"] = _resources.PaymentMethod(**given["payment_method_data"]).id
    if "payment_method" in given:
        intent.payment_method = _resources.PaymentMethod._api_retrieve(given["payment_method"]).id
        intent.latest_charge = intent.next_action = None
    if intent.status != "requires_confirmation":
        raise _unexpected_state(intent, "confirm")
    return _paying(intent, lambda: _resources.PaymentIntent._api_confirm(intent.id))


def authenticate(given: dict[str, Any]) -> Any:
    """Return from the bank's page, with or without success: a browser's step, not part of Stripe's API."""
    intent = _intent(given["id"])
    success = str(given.get("success")).lower() == "true"
    if intent.status != "requires_action":
        raise _unexpected_state(intent, "authenticate")
    _paying(
        intent,
        lambda: _resources.PaymentIntent._api_authenticate(
            intent.id, client_secret=intent.client_secret, success=success
        ),
    )
    if not success:
        _tell("payment_intent.payment_failed", intent)
    return intent


def cancel(given: dict[str, Any]) -> Any:
    """Cancel an intent that was not paid."""
    intent = _intent(given["id"])
    if intent.status not in _OPEN:
        raise _unexpected_state(intent, "cancel")
    intent = _resources.PaymentIntent._api_cancel(intent.id)
    intent.cancellation_reason = given.get("cancellation_reason")
    _tell("payment_intent.canceled", intent)
    return intent


def refund(given: dict[str, Any]) -> Any:
    """Refund what is left, or a part of it."""
    intent = _intent(given["payment_intent"])
    charge = intent.latest_charge
    if intent.status != "succeeded":
        raise _Refused(400, f"This PaymentIntent ({intent.id}) does not have a successful charge to refund.")
    left = charge.amount - charge.amount_refunded
    if not left:
        raise _Refused(400, f"Charge {charge.id} has already been refunded.", {"code": "charge_already_refunded"})
    given["amount"] = int(given.get("amount", left))
    if given["amount"] > left:
        raise _Refused(400, f"Refund amount is greater than unrefunded amount on charge ({left}).", {"param": "amount"})
    reason = given.pop("reason", None)
    made = _resources.Refund._api_create(**given)
    made.reason = reason
    card = _number(_resources.PaymentMethod._api_retrieve(charge.payment_method))
    if card == REFUNDED_LATER:
        made.status = "pending"
        _later(made, "succeeded", "refund.updated")
    if card == REFUND_FAILS:
        _later(made, "failed", "refund.updated", "refund.failed")
    _tell("refund.created", made)
    _tell("charge.refunded", charge)
    return made


def list_refunds(given: dict[str, Any]) -> Any:
    """Return an intent's refunds, the newest first, also if nothing was paid."""
    intent = given.pop("payment_intent", None)
    found = _resources.Refund._api_list_all("/v1/refunds", **given)
    found._list = [each for each in _made() if intent in (None, each.payment_intent)]
    return found


ANSWERS: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
    ("POST", "/v1/payment_intents"): create_intent,
    ("GET", "/v1/payment_intents"): list_intents,
    ("GET", "/v1/payment_intents/{id}"): find_intent,
    ("POST", "/v1/payment_intents/{id}/confirm"): confirm,
    ("POST", "/v1/payment_intents/{id}/_authenticate"): authenticate,
    ("POST", "/v1/payment_intents/{id}/cancel"): cancel,
    ("POST", "/v1/refunds"): refund,
    ("GET", "/v1/refunds"): list_refunds,
}


def _paying(intent: Any, pay: Callable[[], Any]) -> Any:
    try:
        pay()
    except _Refused as refused:
        if refused.code == 402:
            _, why = DECLINED.get(_number(_resources.PaymentMethod._api_retrieve(intent.payment_method)), ("", ""))
            refused.body["error"] |= {"type": "card_error", "decline_code": why, "payment_intent": intent._export()}
        raise
    if intent.status == "requires_action":
        _tell("payment_intent.requires_action", intent)
    return intent


def _set_failure(charge: Any) -> None:
    card = _number(_resources.PaymentMethod._api_retrieve(charge.payment_method))
    charge.status = "failed"
    charge.failure_code, _ = DECLINED.get(card, ("card_declined", ""))
    charge.failure_message = "Your card was declined."


def _received(intent: Any) -> int:
    return intent.amount if intent.status == "succeeded" else 0


def _refunded(charge: Any) -> int:
    return sum(each.amount for each in _made() if each.charge == charge.id and each.status != "failed")


def _made() -> list[Any]:
    return [each for key, each in reversed(_resources.store.items()) if key.startswith("refund:")]


def _later(made: Any, status: str, *events: str) -> None:
    def settle() -> None:
        made.status = status
        _resources.store.dump_to_disk()
        for event in events:
            _tell(event, made)

    asyncio.get_running_loop().call_later(REFUND_SECONDS, settle)


def _tell(event: str, about: Any) -> None:
    _webhooks.schedule_webhook(_resources.Event(event, about))


def _intent(intent_id: str) -> Any:
    return _resources.PaymentIntent._api_retrieve(intent_id)


def _number(method: Any) -> str:
    return getattr(method, "_card_number", "")


def _unexpected_state(intent: Any, what: str) -> Exception:
    said = f"You cannot {what} this PaymentIntent because it has a status of {intent.status}."
    return _Refused(400, said, {"code": "payment_intent_unexpected_state"})
