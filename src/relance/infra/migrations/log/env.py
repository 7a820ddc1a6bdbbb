"""Alembic's entry: runs the revisions on the connection that ``relance.infra.migrate`` hands over."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    transactional_ddl=True,
)
context.run_migrations()
