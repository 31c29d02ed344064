"""PostgreSQL, Redis and the environment of a function, without a gateway in front of them."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from local import keys
from local.services import Postgres, Redis

ROOT = Path(__file__).parent.parent


@contextmanager
def database_and_cache() -> Generator[None]:
    """Start both, empty except for the schema, and point this process at them; their state is deleted afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ravo-bench-"))
    postgres, redis = Postgres(folder, durable=False), Redis(folder)
    try:
        postgres.start()
        redis.start()
        private, published = keys.signing_key(folder, ROOT / "shared")
        os.environ |= {
            "ENVIRONMENT": "local",
            "DATABASE_URL": postgres.url,
            "VALKEY_URL": redis.url,
            "SIGNING_KEY": private,
            "VERIFICATION_KEYS": published,
            "SEALING_SECRET": keys.sealing_secret(folder),
            "STAFF_SECOND_FACTOR": "optional",
            "MEDIA_URL": "http://localhost:8000/media",
            "MIGRATIONS_PATH": str(ROOT / "migrations"),
            "RATE_LIMIT_PER_ADDRESS": "100000000",
            "RATE_LIMIT_PER_USER": "100000000",
            "RATE_LIMIT_SEARCHES": "100000000",
            "POWERTOOLS_SERVICE_NAME": "ravo",
            "POWERTOOLS_METRICS_NAMESPACE": "Ravo",
            "POWERTOOLS_TRACE_DISABLED": "true",
            "LOG_LEVEL": "WARNING",
        }
        from ravo.platform import migrations

        migrations.upgrade()
        yield
    finally:
        redis.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
