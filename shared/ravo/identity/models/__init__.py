"""The tables of identity."""

from ravo.identity.models.access import ApiKey, ApiKeyPermission, Permission, Role, RolePermission, UserRole
from ravo.identity.models.audit import AuditEntry
from ravo.identity.models.people import Address, Consent, PrivacyRequest, User
from ravo.identity.models.sessions import (
    MailedToken,
    OAuthAccount,
    RecoveryCode,
    RefreshToken,
    SecondFactor,
    UserSession,
)

__all__ = [
    "Address",
    "ApiKey",
    "ApiKeyPermission",
    "AuditEntry",
    "Consent",
    "MailedToken",
    "OAuthAccount",
    "Permission",
    "PrivacyRequest",
    "RecoveryCode",
    "RefreshToken",
    "Role",
    "RolePermission",
    "SecondFactor",
    "User",
    "UserRole",
    "UserSession",
]
