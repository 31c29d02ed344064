"""Alembic's environment: Ravo's one connection, the models of all tables, one transaction per migration."""

from alembic import context
from sqlalchemy import Connection

from ravo.platform.migrations import metadata, table_names

# A migration that waits for a lock makes everyone behind it wait too: it should rather fail, and be run again.
LOCK_TIMEOUT = "SET lock_timeout = '5s'"


def run(connection: Connection) -> None:
    """Run the migrations that Alembic requests."""
    connection.exec_driver_sql(LOCK_TIMEOUT)
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        transaction_per_migration=True,
        compare_type=True,
        include_name=lambda name, kind, _parents: kind != "table" or name in table_names(),
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
