"""The one table from errors to problems (RFC 9457), and the handlers that use it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from server.api.services import caller_of, services_of
from server.domain.access import Actor
from server.domain.errors import Refusal
from server.store.errors import DatabaseUnavailable
from shared.problems import FieldError, Problem, ProblemCode

MEDIA_TYPE = "application/problem+json"

_log = structlog.get_logger(__name__)

STATUS: dict[ProblemCode, int] = {
    ProblemCode.MALFORMED: 400,
    ProblemCode.IDEMPOTENCY_MISSING: 400,
    ProblemCode.WRONG_CREDENTIALS: 401,
    ProblemCode.SECOND_FACTOR_REQUIRED: 401,
    ProblemCode.UNAUTHENTICATED: 401,
    ProblemCode.CREDENTIAL_EXPIRED: 401,
    ProblemCode.DEVICE_REVOKED: 401,
    ProblemCode.FORBIDDEN: 403,
    ProblemCode.PASSWORD_CHANGE_REQUIRED: 403,
    ProblemCode.SECOND_FACTOR_DUE: 403,
    ProblemCode.OUTRANKED: 403,
    ProblemCode.SETUP_CODE_WRONG: 403,
    ProblemCode.NOT_YOUR_COUNTER: 403,
    ProblemCode.NOT_FOUND: 404,
    ProblemCode.PAIRING_UNKNOWN: 404,
    ProblemCode.METHOD_NOT_ALLOWED: 405,
    ProblemCode.EDITED_MEANWHILE: 412,
    ProblemCode.TOO_LARGE: 413,
    ProblemCode.INVALID: 422,
    ProblemCode.PASSWORD_REFUSED: 422,
    ProblemCode.IDEMPOTENCY_MISMATCH: 422,
    ProblemCode.VERSION_MISSING: 428,
    ProblemCode.TOO_MANY_REQUESTS: 429,
    ProblemCode.TRY_LATER: 429,
    ProblemCode.INTERNAL: 500,
    ProblemCode.UNAVAILABLE: 503,
}
"""Every other code is a conflict with the state of the queue: 409."""

CONFLICT = 409


def status_of(code: ProblemCode) -> int:
    """The HTTP status of a code."""
    return STATUS.get(code, CONFLICT)


def problem_response(problem: Problem) -> Response:
    """A problem as an answer."""
    headers = {}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.code is ProblemCode.UNAVAILABLE:
        headers["Retry-After"] = "1"
    if "retry_after_s" in problem.facts:
        headers["Retry-After"] = str(problem.facts["retry_after_s"])
    return Response(
        problem.model_dump_json(exclude_none=True, exclude_defaults=False),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def problem(
    code: ProblemCode,
    title: str,
    request: Request,
    *,
    status: int | None = None,
    facts: dict[str, Any] | None = None,
    errors: Iterable[FieldError] = (),
) -> Problem:
    """A problem about this request."""
    return Problem(
        title=title,
        status=status or status_of(code),
        code=code,
        instance=request.url.path,
        facts=facts or {},
        errors=tuple(errors),
    )


def install(app: FastAPI) -> None:
    """Answer every error of this application with a problem."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(DatabaseUnavailable, _unavailable)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _internal)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    request.state.refused_for = error.code  # the limits count by it
    await _note_if_forbidden(request, error)
    named = error.facts.get("field")
    errors = [FieldError(field=named, message=error.sentence)] if named else []
    return problem_response(
        problem(error.code, error.sentence, request, facts=dict(error.facts), errors=errors)
    )


async def _note_if_forbidden(request: Request, error: Refusal) -> None:
    """Have it in the audit that somebody who is signed in tried what they may not do."""
    actor = getattr(request.state, "actor", None)
    if status_of(error.code) != 403 or not isinstance(actor, Actor):
        return
    try:
        await services_of(request).refusals.note(
            actor,
            error.facts.get("permission", error.code.value),
            caller=caller_of(request),
            at=datetime.now(UTC),
            method=request.method,
            path=request.url.path,
        )
    except DatabaseUnavailable:
        # It stays refused, whether it can be written down or not.
        _log.warning("refusal_not_noted", user_id=str(actor.user_id), code=error.code.value)


async def _unavailable(request: Request, error: Exception) -> Response:
    return problem_response(
        problem(
            ProblemCode.UNAVAILABLE,
            "The database does not answer. Try again in a moment.",
            request,
        )
    )


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(each["type"].startswith("json_") or _wants_object(each) for each in found):
        return problem_response(
            problem(ProblemCode.MALFORMED, "The body is not the JSON that this needs.", request)
        )
    if any(each["loc"] == ("header", "idempotency-key") for each in found):
        return problem_response(
            problem(
                ProblemCode.IDEMPOTENCY_MISSING,
                "A command needs the header Idempotency-Key with a UUID.",
                request,
            )
        )
    if any(each["loc"] == ("header", "if-match") for each in found):
        return problem_response(
            problem(
                ProblemCode.VERSION_MISSING,
                'An edit needs the header If-Match with the version that it was made from, like "3".',
                request,
            )
        )
    errors = [FieldError(field=_field(each["loc"]), message=_message(each)) for each in found]
    return problem_response(
        problem(ProblemCode.INVALID, "Some fields are not as they must be.", request, errors=errors)
    )


def _wants_object(error: dict[str, Any]) -> bool:
    """A body that is missing, or valid JSON but not an object."""
    return bool(error["loc"] == ("body",) and error["type"] != "value_error")


def _message(error: dict[str, Any]) -> str:
    """What is wrong with a field, as a sentence to stand beside it."""
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{text[:1].upper()}{text[1:]}".removesuffix(".") + "."


def _field(location: tuple[object, ...]) -> str:
    # The first part says where it stood: body, path, query, header.
    return ".".join(str(part) for part in location[1:]) or str(location[0])


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {
        404: (ProblemCode.NOT_FOUND, "There is nothing at this address."),
        405: (ProblemCode.METHOD_NOT_ALLOWED, "This address does not take that method."),
        413: (ProblemCode.TOO_LARGE, "The body is too large."),
    }
    code, title = known.get(error.status_code, (ProblemCode.MALFORMED, str(error.detail)))
    return problem_response(problem(code, title, request, status=error.status_code))


async def _internal(request: Request, error: Exception) -> Response:
    reference = uuid4().hex[:12]
    _log.error("request_failed", reference=reference, path=request.url.path, exc_info=error)
    return problem_response(
        problem(
            ProblemCode.INTERNAL,
            "Something went wrong on the server. It was noted.",
            request,
            facts={"reference": reference},
        )
    )
