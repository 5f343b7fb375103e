"""The first schema: organizations, people, queues, tokens, calls, the outbox and the guards.

All times are TIMESTAMPTZ. Each index and constraint says in a comment what it forbids or serves.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything. There is no way down: a restore is the way back."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # Without parameters the driver leaves percent signs alone and takes many statements at once.
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(script)
