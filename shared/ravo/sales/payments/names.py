"""What providers and their payments' states are called in our tables."""

from ravo.adapters.payments import IntentStatus

STRIPE = "stripe"
# What is not listed here still waits.
STATUSES = {
    IntentStatus.SUCCEEDED: "succeeded",
    IntentStatus.CANCELED: "cancelled",
    IntentStatus.REQUIRES_ACTION: "requires_action",
}
