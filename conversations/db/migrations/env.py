"""Alembic environment: runs the migrations on the connection of the store, in its transaction."""

from alembic import context

from conversations.db.schema import is_ours, metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, include_name=is_ours)
with context.begin_transaction():
    context.run_migrations()
