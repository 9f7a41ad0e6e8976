"""Run by Alembic: the store hands over its connection, so that a migration is one transaction with it."""

from alembic import context

from conversations.tables import in_picture, metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, include_name=in_picture)
with context.begin_transaction():
    context.run_migrations()
