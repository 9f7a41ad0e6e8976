"""The conversations database: schema, migrations, connections, row mapping."""
