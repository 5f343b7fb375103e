"""What was learned of each organization's waiting times."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table; there is no way down: a restore is the way back."""
    op.execute("""
        CREATE TABLE estimate_models (
            organization_id UUID CONSTRAINT estimate_models_pkey PRIMARY KEY
                CONSTRAINT estimate_models_organization_id_fkey
                REFERENCES organizations (id) ON DELETE CASCADE,
            model JSONB NOT NULL,
            learned_at TIMESTAMPTZ NOT NULL
        )
    """)
    op.execute(
        "COMMENT ON TABLE estimate_models IS"
        " 'What the estimates of waiting times rest on; learned anew every hour, and never edited'"
    )
