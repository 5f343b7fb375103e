"""Background work: procrastinate's tables, and mending partitions.

The library's schema is a copy of what procrastinate 3.10 ships, so that two databases at this revision
are the same whatever version of the library made them. Its own numbered scripts would lead there too,
but before PostgreSQL 17 not in one transaction: they use enum members that they have just added. Scripts
that come later want a migration of their own; tests/db/test_jobs.py fails as long as there is none.
"""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PROCRASTINATE_UP_TO = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
"""The last of procrastinate's scripts whose effect is in the copy."""


def upgrade() -> None:
    """Create them. There is no way down: a restore is the way back."""
    for name in ("0003_procrastinate.sql", "0003_jobs.sql"):
        script = Path(__file__).with_name(name).read_text(encoding="utf-8")
        # Without parameters the driver leaves percent signs alone and takes many statements at once.
        op.get_bind().execution_options(no_parameters=True).exec_driver_sql(script)
