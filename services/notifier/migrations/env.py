"""Runs the revisions on the connection that `kernel.runtime.migrate` gives."""

from alembic import context

from kernel.runtime.migrate import run_environment

run_environment(context.config.attributes.get("connection"))
