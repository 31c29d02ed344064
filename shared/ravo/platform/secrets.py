"""Secrets and parameters: given in the environment on a laptop, fetched and kept for five minutes on AWS."""

import json
from urllib.parse import quote

from pydantic import SecretStr

from ravo.platform.settings import settings

KEPT_FOR_SECONDS = 300


class SecretMissing(RuntimeError):
    """A secret or parameter is neither given nor can it be fetched; the message names its setting, or where it should be."""


def fetch_secret(arn: str) -> str:
    """Fetch a Secrets Manager secret's text, cached for five minutes so that a rotation is soon seen. Raises `SecretMissing`."""
    from aws_lambda_powertools.utilities import parameters

    try:
        return str(parameters.get_secret(arn, max_age=KEPT_FOR_SECONDS))
    except parameters.GetParameterError as error:
        raise SecretMissing(arn) from error


def database_url() -> str:
    """Return the SQLAlchemy URL of the database."""
    here = settings()
    if here.database_url:
        return here.database_url.get_secret_value()
    if not here.database_secret_arn or not here.database_host:
        raise SecretMissing("DATABASE_URL, or DATABASE_SECRET_ARN with DATABASE_HOST")
    login: dict[str, str] = json.loads(fetch_secret(here.database_secret_arn))
    return (
        f"postgresql+psycopg://{quote(login['username'])}:{quote(login['password'], safe='')}"
        f"@{here.database_host}/{here.database_name}?sslmode=require"
    )


def signing_key() -> str:
    """Return the PEM of the private key that signs access tokens; only functions that sign may read it."""
    here = settings()
    return _given_or_fetched("SIGNING_KEY", here.signing_key, here.signing_key_secret_arn)


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
    if not here.verification_keys_parameter:
        raise SecretMissing("VERIFICATION_KEYS or VERIFICATION_KEYS_PARAMETER")
    from aws_lambda_powertools.utilities import parameters

    try:
        return str(parameters.get_parameter(here.verification_keys_parameter, max_age=KEPT_FOR_SECONDS))
    except parameters.GetParameterError as error:
        raise SecretMissing(here.verification_keys_parameter) from error


def _given_or_fetched(name: str, given: SecretStr | None, arn: str | None) -> str:
    if given:
        return given.get_secret_value()
    if not arn:
        raise SecretMissing(f"{name} or the ARN of a secret that holds it")
    return fetch_secret(arn)
