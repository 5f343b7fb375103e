"""The newest seals of the audit, remembered in the data directory: where who has the database is not.

Without it the chain could be cut off at its end and nobody would know. Whoever has both can write both
anew; against them the same is logged each hour, for a log that is kept elsewhere.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

from server.domain.audit import Head
from shared.ids import OrganizationId

FILE = "audit-heads.json"


class AuditHeadsUnreadable(Exception):
    """The file is not one of ours; the message is a sentence for IT."""


def read(path: Path) -> dict[OrganizationId, Head]:
    """What is remembered; nothing where there is no such file.

    Raises:
        AuditHeadsUnreadable
        OSError: it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        return {
            OrganizationId(UUID(scope)): Head(
                number=int(each["number"]),
                total=int(each["total"]),
                hash=bytes.fromhex(each["hash"]),
                sealed_at=datetime.fromisoformat(each["sealed_at"]),
            )
            for scope, each in json.loads(text).items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AuditHeadsUnreadable(f"{path} is not a list of the audit's newest seals.") from error


def write(path: Path, heads: Mapping[OrganizationId, Head]) -> None:
    """Remember these, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    made = {
        str(scope): {
            "number": head.number,
            "total": head.total,
            "hash": head.hash.hex(),
            "sealed_at": head.sealed_at.isoformat(),
        }
        for scope, head in heads.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(made, indent=1, sort_keys=True), encoding="utf-8")
    draft.replace(path)
