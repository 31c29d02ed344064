"""The tables of selling."""

from ravo.sales.models.carts import Cart, CartGiftCard, CartLine, CartPromotion
from ravo.sales.models.orders import Order, OrderEvent, OrderItem, TrackingEvent
from ravo.sales.models.payments import (
    Payment,
    PaymentDiscrepancy,
    PaymentEntry,
    Refund,
    RefundItem,
    WebhookReceipt,
)
from ravo.sales.models.pricing import (
    GiftCard,
    GiftCardEntry,
    Promotion,
    PromotionCategory,
    PromotionProduct,
    PromotionUse,
    ShippingRate,
    ShippingZone,
    ShippingZoneRegion,
    TaxRate,
)

__all__ = [
    "Cart",
    "CartGiftCard",
    "CartLine",
    "CartPromotion",
    "GiftCard",
    "GiftCardEntry",
    "Order",
    "OrderEvent",
    "OrderItem",
    "Payment",
    "PaymentDiscrepancy",
    "PaymentEntry",
    "Promotion",
    "PromotionCategory",
    "PromotionProduct",
    "PromotionUse",
    "Refund",
    "RefundItem",
    "ShippingRate",
    "ShippingZone",
    "ShippingZoneRegion",
    "TaxRate",
    "TrackingEvent",
    "WebhookReceipt",
]
