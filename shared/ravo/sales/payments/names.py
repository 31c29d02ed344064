"""What providers and their payments' states are called in our tables, and the marks that payments were asked for."""

from ravo.adapters.payments import IntentStatus
from ravo.platform.marks import Marks

STRIPE = "stripe"
# Payments that somebody was asked for: while there are none, nobody needs to compare books.
ASKED = Marks("payments")
# What is not listed here still waits.
STATUSES = {
    IntentStatus.SUCCEEDED: "succeeded",
    IntentStatus.CANCELED: "cancelled",
    IntentStatus.REQUIRES_ACTION: "requires_action",
}
