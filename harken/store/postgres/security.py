"""Row security per tenant, and what a role needs that runs Harken without owning its tables.

Both are derived from the tables and set anew by every upgrade, so that no revision can forget
them. What row security is good for is said in docs/decisions/0035-postgres-schema.md.
"""

from __future__ import annotations

from psycopg import sql
from sqlalchemy import Connection

from harken.store.postgres.schema import EVERYBODY, TENANT
from harken.store.schema import METADATA

OWN_TABLES = ("alembic_version", "schema_support")
"""Of the schema itself: written by upgrades alone."""

_SEEN = f"current_setting('{TENANT}', true)"
# Of a CASE the planner takes half the rows to pass. Of the same thing said with OR it takes next
# to none to, and then reads and sorts whole tables for what an index gives in order.
_OWN = f"CASE WHEN {_SEEN} = '{EVERYBODY}' THEN true ELSE tenant = {_SEEN} END"
_POLICY = "own_tenant"

_SECURED = """
SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid AND polname = %s
WHERE relnamespace = to_regnamespace(%s) AND relrowsecurity AND relforcerowsecurity
"""
_LATER = "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema}"
_ROLE = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s"
_LACKING = """
SELECT wanted || ' on ' || relname FROM pg_class
CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE']) AS wanted
WHERE relnamespace = to_regnamespace(%(schema)s) AND NOT CASE
    WHEN relkind = 'S' THEN wanted <> 'USAGE' OR has_sequence_privilege(%(role)s, oid, wanted)
    WHEN relkind <> 'r' OR wanted = 'USAGE' THEN true
    WHEN relname = ANY (%(own)s) AND wanted <> 'SELECT' THEN true
    ELSE has_table_privilege(%(role)s, oid, wanted) END
UNION ALL
SELECT 'USAGE on the schema'
WHERE NOT has_schema_privilege(%(role)s, to_regnamespace(%(schema)s), 'USAGE')
ORDER BY 1
"""


def secure(connection: Connection, schema: str) -> None:
    """Whatever has a tenant and no policy yet gets one."""
    for table in unsecured(connection, schema):
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # Or the owner of the tables would pass it.
        connection.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for earlier in ("tenant", _POLICY):
            connection.exec_driver_sql(f"DROP POLICY IF EXISTS {earlier} ON {table}")
        connection.exec_driver_sql(
            f"CREATE POLICY {_POLICY} ON {table} USING ({_OWN}) WITH CHECK ({_OWN})"
        )


def unsecured(connection: Connection, schema: str) -> list[str]:
    found = {name for (name,) in connection.exec_driver_sql(_SECURED, (_POLICY, _quoted(schema)))}
    tables = (table for table in METADATA.sorted_tables if "tenant" in table.c)
    return [table.name for table in tables if table.name not in found]


def grant(connection: Connection, schema: str, role: str) -> None:
    """Reading and writing rows, of later tables too; nothing that changes tables."""
    names = {"schema": sql.Identifier(schema), "role": sql.Identifier(role)}
    for statement in (
        "GRANT USAGE ON SCHEMA {schema} TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        f"{_LATER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{role}}",
        f"{_LATER} GRANT USAGE ON SEQUENCES TO {{role}}",
        f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(OWN_TABLES)} FROM {{role}}",
    ):
        connection.exec_driver_sql(sql.SQL(statement).format(**names).as_string())


def lacking_grants(connection: Connection, schema: str, role: str) -> list[str]:
    """What the role cannot do that a service must, and what it could pass, a line each."""
    row = connection.exec_driver_sql(_ROLE, (role,)).first()
    if row is None:
        return [f"there is no role {role}"]
    passes = [f"row security does not bind {role}: it is a superuser or has BYPASSRLS"]
    values = {"schema": _quoted(schema), "role": role, "own": list(OWN_TABLES)}
    found = connection.exec_driver_sql(_LACKING, values)
    return passes * bool(row[0]) + [f"{role} lacks {right}" for (right,) in found]


def _quoted(schema: str) -> str:
    return sql.Identifier(schema).as_string()
