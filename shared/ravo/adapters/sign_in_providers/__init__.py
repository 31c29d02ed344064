"""Sign-in providers, which know who someone is: one protocol, and an adapter for each.

People go to them and come back by redirect; the code that they bring back is exchanged here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ravo.platform.errors import NotFound
from ravo.platform.settings import settings


class ProviderUnavailable(Exception):
    """The provider is down or slow, or its answer makes no sense."""


class CodeRefused(Exception):
    """The provider does not take the code: it was used before, is too old, or was made for someone else."""


class ProviderName(StrEnum):
    """Which providers there are."""

    GOOGLE = "google"
    GITHUB = "github"

    @property
    def brand(self) -> str:
        """The provider's name as people know it."""
        return {ProviderName.GOOGLE: "Google", ProviderName.GITHUB: "GitHub"}[self]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in.

    `state` and `nonce` are given back unchanged by the provider, `verifier` is known only to us, and then there is the
    address that people come back to.
    """

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person whom a provider knows.

    The provider's own id for the person never changes; there is a mail address only if the provider has proof of it.
    """

    subject: str
    email: str | None


class Provider(Protocol):
    """What we need from any of them."""

    def address(self, attempt: Attempt) -> str:
        """Return the URL where a browser signs in there, with PKCE (RFC 7636) by S256."""
        ...

    def person(self, attempt: Attempt, code: str) -> Person:
        """Return the person that a code stands for.

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
