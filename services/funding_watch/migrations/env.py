"""Brings the watch's database to a revision, inside the transaction that the runtime gives."""

from alembic import context

from kernel.runtime.migrate import run_environment

run_environment(context.config.attributes.get("connection"))
