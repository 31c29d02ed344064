"""Settings of an environment: one frozen model, read from its variables on first use."""

import os
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr


class Settings(BaseModel):
    """Values from environment variables of the same name in capitals.

    A secret is given by its value (laptop, tests) or by the ARN to fetch it from (AWS): see `ravo.platform.secrets`.
    """

    model_config = ConfigDict(frozen=True)

    environment: Literal["local", "dev", "staging", "prod"]

    database_url: SecretStr | None = None
    database_secret_arn: str | None = None
    database_host: str | None = None
    database_name: str = "ravo"
    database_through_proxy: bool = False
    migrations_path: str = "/opt"

    valkey_url: str | None = None
    event_bus: str | None = None
    idempotency_table: str | None = None
    uploads_bucket: str | None = None
    media_bucket: str | None = None
    media_url: str = "/media"

    signing_key: SecretStr | None = None
    signing_key_secret_arn: str | None = None
    verification_keys: str | None = None
    verification_keys_parameter: str | None = None
    sealing_secret: SecretStr | None = None
    sealing_secret_arn: str | None = None
    public_url: str = "http://localhost:8000"
    # Web origins besides that of `public_url` whose pages may call the API, comma-separated.
    allowed_origins: str = ""
    # Other providers that people sign in with; one without a client is left out.
    google_client_id: str = ""
    google_client_secret: SecretStr | None = None
    google_client_secret_arn: str | None = None
    github_client_id: str = ""
    github_client_secret: SecretStr | None = None
    github_client_secret_arn: str | None = None
    # Another address than the providers' own: the laptop's.
    google_base_url: str | None = None
    github_base_url: str | None = None
    # Whether staff may do what staff do only after a second factor.
    staff_second_factor: Literal["optional", "required"] = "required"

    # What CloudFront proves itself with; without it every request is as good as one that came through the front door.
    origin_secret: SecretStr | None = None
    origin_secret_arn: str | None = None
    # Holds the distribution's id; only for the function that changes what it sends.
    front_door_parameter: str | None = None

    # Who mails come from, `Shop <mail@shop.example>` or only the address, and who gets staff's notices. Empty for
    # nobody.
    mail_from: str = ""
    mail_reply_to: str = ""
    staff_mail: str = ""
    staff_locale: str = "en"

    # Periods of retention in days that differ from the built-in ones, as "mails=180,carts=30".
    retention_periods: str = ""

    rate_limit_per_address: int = 100
    rate_limit_per_user: int = 1000
    rate_limit_searches: int = 60

    openai_api_key_secret_arn: str | None = None
    openai_base_url: str | None = None

    stripe_api_key: SecretStr | None = None
    stripe_api_key_secret_arn: str | None = None
    stripe_webhook_secret: SecretStr | None = None
    stripe_webhook_secret_arn: str | None = None
    # What a storefront starts Stripe's form with; no secret.
    stripe_publishable_key: str | None = None
    # Another address than Stripe's own: the laptop's.
    stripe_api_base: str | None = None

    default_currency: str = "EUR"
    # The shop's languages. Everything is there in English.
    locales: str = "en,de,fr,it,es,nl,pl,pt,pt-BR,sv,da"


@cache
def settings() -> Settings:
    """Return this environment's settings; raises pydantic's `ValidationError` when one is missing or malformed."""
    given = {name: os.environ.get(name.upper()) for name in Settings.model_fields}
    return Settings.model_validate({name: value for name, value in given.items() if value is not None})


def forget_settings() -> None:
    """Read the environment again on next use; for tests and for the laptop's live reload."""
    settings.cache_clear()
