"""The audit log: rows that are added, sealed once into a chain, and never changed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from dragoman.migrations.tenancy import WORKSPACE, protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The trigger holds for the tables' owner too: an entry takes its place in the chain once and leaves only when it is
# old. Whoever can drop a trigger can still forge, which is what the chain is for.
KEEP = """
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.n := NULL; NEW.prev := NULL; NEW.hash := NULL;
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' THEN
        IF OLD.n IS NULL AND (to_jsonb(NEW) - '{n,prev,hash}'::text[]) = (to_jsonb(OLD) - '{n,prev,hash}'::text[]) THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'DELETE' AND OLD.n IS NOT NULL AND OLD.at < now() - interval '90 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log can only be added to' USING ERRCODE = 'insufficient_privilege';
END $$
"""
SEAL = f"""
CREATE FUNCTION audit_seal(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    ws uuid := {WORKSPACE};
    place bigint;
    head bytea;
    entry record;
    done integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || ws::text, 0));
    SELECT n, hash INTO place, head FROM audit_log
        WHERE workspace_id = ws AND n IS NOT NULL ORDER BY n DESC LIMIT 1;
    place := coalesce(place, 0);
    head := coalesce(head, ''::bytea);
    FOR entry IN SELECT id, digest FROM audit_log WHERE workspace_id = ws AND n IS NULL ORDER BY id LIMIT most LOOP
        place := place + 1;
        UPDATE audit_log SET n = place, prev = head,
            hash = sha256(head || convert_to(place::text, 'UTF8') || entry.digest)
            WHERE workspace_id = ws AND id = entry.id RETURNING hash INTO head;
        done := done + 1;
    END LOOP;
    RETURN done;
END $$
"""
PRUNE = f"""
CREATE FUNCTION audit_prune(before timestamptz) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    ws uuid := {WORKSPACE};
    first_kept bigint;
    done integer;
BEGIN
    before := least(before, now() - interval '90 days');
    SELECT min(n) INTO first_kept FROM audit_log WHERE workspace_id = ws AND at >= before;
    DELETE FROM audit_log WHERE workspace_id = ws AND at < before AND n < coalesce(first_kept, n + 1);
    GET DIAGNOSTICS done = ROW_COUNT;
    RETURN done;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("subject_name", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("prev", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("workspace_id", "n", name=op.f("uq_audit_log_workspace_id_n")),
    )
    op.create_index("ix_audit_log_at", "audit_log", ["workspace_id", "at", "id"])
    op.create_index("ix_audit_log_area", "audit_log", ["workspace_id", "area", "at", "id"])
    op.create_index("ix_audit_log_person", "audit_log", ["workspace_id", "person_id", "at", "id"])
    op.create_index("ix_audit_log_subject", "audit_log", ["workspace_id", "subject_kind", "subject_id", "at", "id"])
    op.create_index("ix_audit_log_unsealed", "audit_log", ["workspace_id", "id"], postgresql_where=sa.text("n IS NULL"))
    protect("audit_log")
    for statement in (KEEP, SEAL, PRUNE):
        op.execute(statement)
    op.execute(
        "CREATE TRIGGER keep BEFORE INSERT OR UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_keep()"
    )
    op.execute("CREATE TRIGGER keep_all BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION audit_keep()")
