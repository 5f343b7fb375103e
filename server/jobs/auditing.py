"""Jobs that seal the audit, and forget what is older than it must be."""

import asyncio
from datetime import timedelta

import structlog

from server.infra import audit_heads
from server.jobs.services import JobServices
from server.usecases import auditing

_log = structlog.get_logger(__name__)


async def seal_audit(services: JobServices) -> None:
    """Seal what was committed, and remember the newest seals in the data directory."""
    await auditing.seal(services.database)
    path = services.settings.data_dir / audit_heads.FILE
    known = await asyncio.to_thread(audit_heads.read, path)
    heads, lost = await auditing.remember(services.database, known)
    for scope in lost:
        _log.error("audit_seal_lost", organization_id=str(scope), seal=known[scope].number)
    if heads != known:
        await asyncio.to_thread(audit_heads.write, path, heads)


async def log_audit_heads(services: JobServices) -> None:
    """Log the newest seals: a log that is kept elsewhere tells when they were cut off."""
    heads, _ = await auditing.remember(services.database, {})
    for scope, head in heads.items():
        _log.info(
            "audit_head",
            organization_id=str(scope),
            seal=head.number,
            hash=head.hash.hex(),
            rows=head.total,
            sealed_at=head.sealed_at.isoformat(),
        )


async def forget_audit(services: JobServices) -> None:
    """Delete the rows of old seals, where the settings say how old; without that they are kept for ever."""
    keep_days = services.settings.audit_keep_days
    if keep_days is None:
        return
    for scope in await auditing.scopes(services.database, {}):
        await auditing.forget(services.database, scope, older_than=timedelta(days=keep_days))
