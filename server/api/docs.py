"""What the OpenAPI says of each route: permission and refusals."""

from typing import Any

from server.api.problems import MEDIA_TYPE, status_of
from shared.ids import Permission
from shared.problems import Problem, ProblemCode

_SIGNED_IN = (
    ProblemCode.UNAUTHENTICATED,
    ProblemCode.CREDENTIAL_EXPIRED,
    ProblemCode.FORBIDDEN,
)
_ALWAYS = (ProblemCode.INVALID, ProblemCode.UNAVAILABLE)
_COMMAND = (
    ProblemCode.IDEMPOTENCY_MISSING,
    ProblemCode.IDEMPOTENCY_MISMATCH,
    ProblemCode.NOT_FOUND,
)
_EDIT = (ProblemCode.VERSION_MISSING, ProblemCode.EDITED_MEANWHILE)


def described(
    *codes: ProblemCode,
    permission: Permission | None = None,
    command: bool = False,
    edit: bool = False,
) -> dict[str, Any]:
    """Keyword arguments of a route: its problems by status, its permission.

    Args:
        codes: the refusals of its own.
        permission: what the caller must have; None for public routes.
        command: whether it takes an Idempotency-Key.
        edit: whether it takes an If-Match.
    """
    every = [*codes, *_ALWAYS]
    if permission is not None:
        every += _SIGNED_IN
    if command:
        every += [*_COMMAND, ProblemCode.MALFORMED]
    if edit:
        every += _EDIT
    responses: dict[int | str, dict[str, Any]] = {}
    for code in dict.fromkeys(every):
        status = status_of(code)
        entry = responses.setdefault(
            status, {"model": Problem, "description": "", "content": {MEDIA_TYPE: {}}}
        )
        entry["description"] = ", ".join(filter(None, [entry["description"], f"`{code}`"]))
    extra = {"x-permission": permission.value} if permission else {"x-permission": "public"}
    return {"responses": responses, "openapi_extra": extra}
