"""Secrets and parameters: given in the environment on a laptop, fetched and kept for five minutes on AWS."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from pydantic import SecretStr

from ravo.platform.aws.calls import PARAMETERS, SECRETS, CallFailed, call
from ravo.platform.origin import OriginSecret
from ravo.platform.settings import settings

KEPT_FOR_SECONDS = 300
# Whom RDS has its certificates from; `make database-authorities` fetches them into the layer.
DATABASE_AUTHORITIES = Path(__file__).with_name("database-authorities.pem")


class SecretMissing(RuntimeError):
    """A secret or parameter is not given and can't be fetched; the message names its setting or its place."""


def fetch_secret(arn: str, *, refresh: bool = False) -> str:
    """Fetch a secret's text from Secrets Manager. It is cached for five minutes, so that a rotation is soon seen.

    `refresh` fetches it whatever the cache has.

    Raises `SecretMissing`.
    """
    return _kept(arn, lambda: call(SECRETS, "GetSecretValue", {"SecretId": arn})["SecretString"], refresh=refresh)


def database_url(*, refresh: bool = False) -> str:
    """Return the SQLAlchemy URL of the database; with `refresh`, a login that comes from Secrets Manager is fetched
    again.
    """
    here = settings()
    if here.database_url:
        return here.database_url.get_secret_value()
    if not here.database_secret_arn or not here.database_host:
        raise SecretMissing("DATABASE_URL, or DATABASE_SECRET_ARN with DATABASE_HOST")
    login: dict[str, str] = json.loads(fetch_secret(here.database_secret_arn, refresh=refresh))
    # Named in the query, the host may be the folder of a socket too.
    return (
        f"postgresql+psycopg://{quote(login['username'])}:{quote(login['password'], safe='')}"
        f"@/{here.database_name}?host={quote(here.database_host, safe='')}&{_verified_by()}"
    )


def _verified_by() -> str:
    """Say which authorities the server's certificate is checked against.

    RDS Proxy has a certificate of AWS's public roots. The database has one of RDS's own, if the layer holds them.
    """
    authorities = DATABASE_AUTHORITIES
    if settings().database_through_proxy:
        import botocore

        authorities = Path(botocore.__file__).with_name("cacert.pem")
    if not authorities.exists():
        return "sslmode=require"
    return f"sslmode=verify-full&sslrootcert={quote(str(authorities), safe='')}"


def origin_secrets() -> tuple[str, ...]:
    """Return what the front door may prove itself with now; nothing where there is no front door, as on a laptop."""
    here = settings()
    if not here.origin_secret and not here.origin_secret_arn:
        return ()
    return OriginSecret.read(_given_or_fetched("ORIGIN_SECRET", here.origin_secret, here.origin_secret_arn)).accepted


def signing_key() -> str:
    """Return the keyring of the keys that sign access tokens, or the PEM of a single one.

    Only functions that sign may read it.
    """
    here = settings()
    return _given_or_fetched("SIGNING_KEY", here.signing_key, here.signing_key_secret_arn)


def sealing_secret() -> str:
    """Return the keys that seal what is kept encrypted, one a line; only functions that seal or open may read them."""
    here = settings()
    return _given_or_fetched("SEALING_SECRET", here.sealing_secret, here.sealing_secret_arn)


def google_client_secret() -> str:
    """Return what the shop proves itself with to Google; only the function that people come back to may read it."""
    here = settings()
    return _given_or_fetched("GOOGLE_CLIENT_SECRET", here.google_client_secret, here.google_client_secret_arn).strip()


def github_client_secret() -> str:
    """Return what the shop proves itself with to GitHub."""
    here = settings()
    return _given_or_fetched("GITHUB_CLIENT_SECRET", here.github_client_secret, here.github_client_secret_arn).strip()


def stripe_api_key() -> str:
    """Return the key that speaks for the shop to Stripe; only functions that move money may read it."""
    here = settings()
    return _given_or_fetched("STRIPE_API_KEY", here.stripe_api_key, here.stripe_api_key_secret_arn).strip()


def openai_api_key() -> str:
    """Return the key that speaks for the shop to OpenAI; only functions that ask what texts mean may read it."""
    return _given_or_fetched("OPENAI_API_KEY", None, settings().openai_api_key_secret_arn)


def stripe_webhook_secret() -> str:
    """Return what Stripe signs its webhooks with; only the function that takes them in may read it."""
    here = settings()
    return _given_or_fetched(
        "STRIPE_WEBHOOK_SECRET", here.stripe_webhook_secret, here.stripe_webhook_secret_arn
    ).strip()


def verification_keys() -> str:
    """Return the published key set (JWKS as JSON) that access tokens are verified with."""
    here = settings()
    if here.verification_keys:
        return here.verification_keys
    name = here.verification_keys_parameter
    if not name:
        raise SecretMissing("VERIFICATION_KEYS or VERIFICATION_KEYS_PARAMETER")
    return _kept(name, lambda: call(PARAMETERS, "GetParameter", {"Name": name})["Parameter"]["Value"])


def _given_or_fetched(name: str, given: SecretStr | None, arn: str | None) -> str:
    if given:
        return given.get_secret_value()
    if not arn:
        raise SecretMissing(f"{name} or the ARN of a secret that holds it")
    return fetch_secret(arn)


# What was fetched, by where it is, with the moment until which it is taken as it is.
_fetched: dict[str, tuple[float, str]] = {}


def _kept(place: str, fetch: Callable[[], str], *, refresh: bool = False) -> str:
    until, value = _fetched.get(place, (0.0, ""))
    if refresh or time.monotonic() >= until:
        try:
            value = fetch()
        except CallFailed as failure:
            raise SecretMissing(place) from failure
        _fetched[place] = (time.monotonic() + KEPT_FOR_SECONDS, value)
    return value


def forget_secrets() -> None:
    """Fetch everything again on next use; after a change of endpoint, and in tests."""
    _fetched.clear()
