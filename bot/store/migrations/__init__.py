"""Alembic migrations of the store; shipped inside the package so that an installed bot can migrate itself."""
