"""Somebody who configures a site over HTTP."""

from typing import Any
from uuid import uuid4

import httpx

from shared.problems import Problem, ProblemCode


class Editor:
    """A person at the API, who edits."""

    def __init__(self, url: str, credential: str) -> None:
        self.http = httpx.Client(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {credential}"}, timeout=20
        )

    def get(self, path: str) -> Any:
        """What stands there."""
        response = self.http.get(path)
        assert response.status_code == 200, response.text
        return response.json()

    def send(
        self, method: str, path: str, body: Any = None, *, version: int | None = None, key: str | None = None
    ) -> httpx.Response:
        """Send a command; an edit names the version it was made from."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self.http.request(method, path, json=body, headers=headers)

    def done(self, method: str, path: str, body: Any = None, *, version: int | None = None) -> Any:
        """Send a command that is not refused."""
        response = self.send(method, path, body, version=version)
        assert response.is_success, response.text
        return response.json()


def refused(response: httpx.Response, status: int, code: ProblemCode) -> Problem:
    """The problem that a refusal explains itself with."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate_json(response.content)
    assert (problem.status, problem.code) == (status, code)
    return problem


def field_of(problem: Problem) -> str:
    """The one field that a problem names, with a sentence to stand beside it."""
    [error] = problem.errors
    assert error.message[0].isupper(), error.message
    assert error.message.endswith("."), error.message
    return error.field
