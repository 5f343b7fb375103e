"""The reference: pgbench on the least that a queue in SQL has to do, the claim of a lane's head.

It claims in the product's own table of tokens, with all its indexes, in a database of its own: what the
product reaches of it is what HTTP, credentials, policy, audit, event and stored answer leave.
"""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg

from server.infra.embedded_postgres import EmbeddedPostgres

MOST_PER_S = 30_000
"""Lanes are filled for so many claims a second; a run that empties one is an error."""

_LANE = "lpad(:lane::text, 32, '0')::uuid"
"""The organization of a lane: pgbench knows numbers alone."""

CLAIM = f"""
UPDATE tokens SET status = 'called', called_at = now()
WHERE service_day = current_date AND id = (
    SELECT id FROM tokens
    WHERE organization_id = {_LANE} AND customer_type = 'instant' AND priority = 0
        AND service_day = current_date AND $waiting
    ORDER BY place_at, number LIMIT 1 FOR UPDATE SKIP LOCKED);
"""

LOCKED_CLAIM = f"""
BEGIN;
SELECT revision FROM organization_revisions WHERE organization_id = {_LANE} FOR UPDATE;
{CLAIM}
UPDATE organization_revisions SET revision = revision + 1 WHERE organization_id = {_LANE};
COMMIT;
"""
"""The same, one after another in each organization, as commands are."""

# What the index of the lanes holds: its predicate is what the claim has to say to be served by it.
_WAITING: LiteralString = """
SELECT pg_get_expr(indpred, indrelid) FROM pg_index
WHERE indexrelid = 'idx_tokens_active_queue'::regclass
"""

_EMPTY: tuple[LiteralString, ...] = (
    "SET session_replication_role = replica",
    "TRUNCATE tokens, organization_revisions, organizations CASCADE",
)
_FILL: tuple[LiteralString, ...] = (
    "INSERT INTO organizations (id, name)"
    " SELECT lpad(lane::text, 32, '0')::uuid, lane FROM generate_series(1, %(lanes)s) lane",
    "INSERT INTO organization_revisions (organization_id) SELECT id FROM organizations",
    "INSERT INTO tokens (id, organization_id, service_day, number, customer_type, place_at, source,"
    " created_at) SELECT gen_random_uuid(), id, current_date, 'A' || n, 'instant',"
    " now() - n * interval '1 second', 'staff', now() - n * interval '1 second'"
    " FROM organizations, generate_series(1, %(tokens)s) n",
)


@dataclass(frozen=True, kw_only=True)
class Claims:
    """pgbench in a database that nobody else uses.

    Args:
        script: CLAIM or LOCKED_CLAIM.
        clients: connections at once.
        lanes: organizations, each claim in one of them at random.
    """

    postgres: EmbeddedPostgres
    database: str
    script: str
    clients: int
    lanes: int

    def per_s(self, *, seconds: float) -> float:
        """Claims a second, over this time rounded up to whole seconds.

        Raises:
            RuntimeError: pgbench failed, or a lane ran empty.
        """
        whole_seconds = max(1, -int(-seconds // 1))
        waiting = self._fill(-(-MOST_PER_S * whole_seconds // self.lanes))
        output = self._pgbench(self.script.replace("$waiting", waiting), whole_seconds)
        transactions, claimed = (
            int(_found(r"transactions actually processed: (\d+)", output)),
            self._claimed(),
        )
        if claimed != transactions:
            raise RuntimeError(f"{transactions} transactions claimed {claimed} tokens")
        return float(_found(r"tps = ([\d.]+)", output))

    def _fill(self, tokens: int) -> str:
        with psycopg.connect(self._superuser_url, autocommit=True) as connection:
            for statement in _EMPTY:
                connection.execute(statement)
            for statement in _FILL:
                connection.execute(statement, {"lanes": self.lanes, "tokens": tokens})
            connection.execute("VACUUM (ANALYZE) tokens, organization_revisions, organizations")
            # One of the filling must not fall into the measurement.
            connection.execute("CHECKPOINT")
            row = connection.execute(_WAITING).fetchone()
        assert row is not None, "the lanes have an index"
        return str(row[0])

    def _pgbench(self, script: str, seconds: int) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "claim.sql"
            path.write_text(f"\\set lane random(1, {self.lanes})\n{script}")
            done = subprocess.run(
                [
                    self.postgres.binaries.program("pgbench"), "--no-vacuum", "--protocol=prepared",
                    f"--client={self.clients}", "--jobs=2", f"--time={seconds}", f"--file={path}",
                    self.postgres.url_for(self.database),
                ],
                capture_output=True, text=True, timeout=seconds + 60, check=False,
            )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"pgbench ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def _claimed(self) -> int:
        with psycopg.connect(self._superuser_url) as connection:
            row = connection.execute("SELECT count(*) FROM tokens WHERE status = 'called'").fetchone()
        assert row is not None, "an aggregate has a row"
        return int(row[0])

    @property
    def _superuser_url(self) -> str:
        return self.postgres.superuser_url_for(self.database)


def _found(pattern: str, text: str) -> str:
    matched = re.search(pattern, text)
    if matched is None:
        raise RuntimeError(f"pgbench does not say {pattern!r}: {text}")
    return matched[1]
