"""Providers that say who someone is: a port, and an adapter for each.

People come to us and go to them by redirect; the code that they bring back is asked about here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ravo.platform.errors import NotFound
from ravo.platform.settings import settings


class ProviderUnavailable(Exception):
    """The provider is down or slow, or says what nobody could make sense of."""


class CodeRefused(Exception):
    """The provider does not take the code: it was used before, is too old, or was made for someone else."""


class ProviderName(StrEnum):
    """Which providers there are."""

    GOOGLE = "google"
    GITHUB = "github"

    @property
    def brand(self) -> str:
        """What people call it."""
        return {ProviderName.GOOGLE: "Google", ProviderName.GITHUB: "GitHub"}[self]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: what the provider gives back unchanged (`state`, `nonce`), what only we know (`verifier`),
    and where people come back to.
    """

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a provider knows: by a name of its own that never changes, and by a mail address only if it has proof of
    that.
    """

    subject: str
    email: str | None


class Provider(Protocol):
    """What we ask of any of them."""

    def address(self, attempt: Attempt) -> str:
        """Return where a browser goes to sign in there, with PKCE (RFC 7636) by S256."""
        ...

    def person(self, attempt: Attempt, code: str) -> Person:
        """Return whom a code stands for.

        Raises `CodeRefused`, and `ProviderUnavailable` after some ten seconds at the latest.
        """
        ...


def provider(name: str) -> Provider:
    """Return the adapter of a provider; refuses with `NotFound` where the shop has no client there."""
    making: dict[str, tuple[str, Callable[[], Provider]]] = {
        ProviderName.GOOGLE: (settings().google_client_id, _google),
        ProviderName.GITHUB: (settings().github_client_id, _github),
    }
    client_id, make = making.get(name, ("", _google))
    if not client_id:
        raise NotFound
    return make()


def _google() -> Provider:
    from ravo.adapters.sign_in_providers.google import Google

    return Google()


def _github() -> Provider:
    from ravo.adapters.sign_in_providers.github import Github

    return Github()
