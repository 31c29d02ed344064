"""Databases of a test's own, for what has to be committed to be tried."""

import os

import psycopg

from ravo.platform import database


def copy_of_the_database(name: str) -> str:
    """Copy the migrated database; returns the copy's address."""
    address = os.environ["DATABASE_URL"]
    database.forget_connection()
    host = address.partition("host=")[2]
    with psycopg.connect(f"host={host} user=postgres dbname=template1", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE postgres")
    return address.replace("/postgres?", f"/{name}?")
