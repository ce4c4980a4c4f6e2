"""Migrations: alembic, one folder a service, for that service's database only."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, context, op
from alembic.config import Config

from servicekit.tables import DDL, DUTY_DDL


def upgrade(folder: Path, url: str) -> None:
    """Brings the database at `url` to the newest revision in `folder`."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


def run() -> None:
    """What a service's `env.py` calls: one transaction, one migrator at a time."""
    url = context.config.get_main_option("sqlalchemy.url") or ""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7309175)"))
            context.run_migrations()
        connection.commit()
    engine.dispose()


def create_kit_tables() -> None:
    """Outbox and inbox, in a service's first revision."""
    for statement in DDL:
        op.execute(statement)


def create_duty_table() -> None:
    """Whose turn it is at night, for services that compare their copies."""
    op.execute(DUTY_DDL)
