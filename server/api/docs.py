"""What the OpenAPI says of each route: permission, refusals, examples.

Refusals are `application/problem+json`, which FastAPI's `model=` cannot say: it writes every model down as
`application/json`. So `described` writes the contents itself, and `document` adds their schema.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from server.api.examples import BODIES
from server.api.problems import MEDIA_TYPE, status_of
from shared.ids import Permission
from shared.problems import FieldError, Problem, ProblemCode

_SIGNED_IN = (
    ProblemCode.UNAUTHENTICATED,
    ProblemCode.CREDENTIAL_EXPIRED,
    ProblemCode.FORBIDDEN,
)
_ALWAYS = (
    ProblemCode.INVALID,
    ProblemCode.TOO_MANY_REQUESTS,
    ProblemCode.UNAVAILABLE,
    ProblemCode.INTERNAL,
)
_COMMAND = (
    ProblemCode.IDEMPOTENCY_MISSING,
    ProblemCode.IDEMPOTENCY_MISMATCH,
    ProblemCode.NOT_FOUND,
)
_BODY = (ProblemCode.MALFORMED, ProblemCode.TOO_LARGE)
WALL_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$"
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
        every += [*_COMMAND, *_BODY]
    if edit:
        every += _EDIT
    responses: dict[int | str, dict[str, Any]] = {}
    for code in dict.fromkeys(every):
        _add_refusal(responses, status_of(code), code)
    extra = {"x-permission": permission.value} if permission else {"x-permission": "public"}
    return {"responses": responses, "openapi_extra": extra}


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an application, with the schemas of its problems and an example for each body.

    Made once; FastAPI asks for it at each request.
    """
    if app.openapi_schema:
        return app.openapi_schema
    made = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes, tags=app.openapi_tags
    )
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(_schemas(Problem, FieldError))
    # FastAPI's own refusal, which ours takes the place of.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model, example in BODIES.items():
        if model.__name__ in schemas:
            schemas[model.__name__]["examples"] = [example]
    _say_wall_clock(schemas)
    for path in made["paths"].values():
        for operation in path.values():
            if "requestBody" in operation:
                _add_refusals_of_bodies(operation["responses"])
    app.openapi_schema = made
    return made


def _add_refusals_of_bodies(responses: dict[str, dict[str, Any]]) -> None:
    for code in _BODY:
        status = str(status_of(code))
        if code.value not in str(responses.get(status, {}).get("description")):
            _add_refusal(responses, status, code)


def _add_refusal(responses: dict[Any, dict[str, Any]], status: int | str, code: ProblemCode) -> None:
    entry = responses.setdefault(status, {"description": "", "content": {MEDIA_TYPE: _content()}})
    entry["description"] = ", ".join(filter(None, [entry["description"], f"`{code}`"]))
    entry["content"][MEDIA_TYPE]["examples"][code.value] = _example(code)


def _say_wall_clock(value: Any) -> None:
    """Times of day have no offset here, which JSON Schema's `time` (RFC 3339) asks for."""
    if isinstance(value, dict):
        if value.get("format") == "time" and value.get("type") == "string":
            del value["format"]
            value["pattern"] = WALL_CLOCK
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            _say_wall_clock(each)


def _content() -> dict[str, Any]:
    return {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}


def _example(code: ProblemCode) -> dict[str, Any]:
    title = code.value.replace("_", " ").capitalize() + "."
    problem = Problem(title=title, status=status_of(code), code=code)
    return {"value": problem.model_dump(mode="json", exclude_none=True)}


def _schemas(*models: type[BaseModel]) -> dict[str, Any]:
    _, top = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    found: dict[str, Any] = top["$defs"]
    return found
