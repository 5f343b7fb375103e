"""Schemathesis over the whole document, as each role: following links, and each operation by itself."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.security.conftest import Say
from tests.security.fuzzed_server import FuzzedServer, Lobby, fuzzed_server
from tests.security.memory import Memory

CASES, CASES_AT_RELEASE = 10_000, 200_000
ROLES = ("nobody", "display", "staff", "admin", "super_admin")

CASES_A_RUN = 250
"""In one organization; then a new one, since what can be deleted is deleted by then."""

STEPS = 8
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

pytestmark = [pytest.mark.security, pytest.mark.timeout(4 * 3600)]


@dataclass(kw_only=True)
class Tally:
    """What was asked and what came of it; a finding is told once, with the first request that made it."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    answered: set[str] = field(default_factory=set)
    findings: dict[tuple[str, ...], str] = field(default_factory=dict)


class Caller:
    """Asks as one role, in an organization of its own that is replaced before it is worn out.

    Args:
        seed_number: of what is left to chance here; the rest is Hypothesis'.
    """

    def __init__(self, server: FuzzedServer, role: str, tally: Tally, *, seed_number: int) -> None:
        self._server = server
        self._role = role
        self._tally = tally
        self._random = Random(seed_number)
        self._session = requests.Session()
        self._begin()

    def _begin(self) -> None:
        self._lobby: Lobby = self._server.new_lobby()
        self._memory = Memory(self._random)
        self._memory.know(self._lobby.ids)
        self._died = False

    def fresh(self) -> None:
        """Go on with a credential that holds: one may have disabled or signed out oneself."""
        if self._died:
            self._begin()

    def headers(self) -> dict[str, str]:
        """What says who asks."""
        credential = self._lobby.credentials.get(self._role)
        return {"Authorization": f"Bearer {credential}"} if credential else {}

    def options(self) -> dict[str, Any]:
        """How to send a case."""
        return {"session": self._session, "headers": self.headers(), "allow_redirects": False, "timeout": 30}

    def before(self, case: Case) -> None:
        """Make a case more likely to be about something."""
        self.fresh()
        self._memory.use(case)

    def after(self, case: Case, response: Response) -> None:
        """Learn from an answer, hold it against the document, and undo what would end the run."""
        self._tally.cases += 1
        self._tally.statuses[response.status_code] += 1
        if response.status_code < 300:
            self._tally.answered.add(case.operation.label)
        self._memory.learn(case, response)
        if response.status_code == 401 and self._role != "nobody" and "/auth/" not in case.path:
            self._died = True
        if case.path.endswith("/close-day") and response.status_code == 200:
            # Else nothing but refusals would follow.
            requests.post(
                f"{self._server.url}/api/v1/organization/reopen-day",
                headers=self.headers() | {"Idempotency-Key": str(uuid4())},
                timeout=30,
            )
        try:
            case.validate_response(response, checks=CHECKS, headers=self.headers())
        except FailureGroup as group:
            for failure in group.exceptions:
                key = (case.operation.label, str(response.status_code), type(failure).__name__)
                self._tally.findings.setdefault(
                    key, f"{self._role}: {' '.join(key)}\n{failure}\n{case.as_curl_command()}"
                )


def _quietly(examples: int, **more: Any) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        # A server has a past: the same requests do not give the same answers twice.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        **more,
    )


def follow_links(schema: Any, caller: Caller, *, scenarios: int, seed_number: int) -> None:
    """Scenarios of several steps, each about what the one before gave."""

    @seed(seed_number)
    class Workflow(schema.as_state_machine()):  # type: ignore[misc]  # made at run time
        def before_call(self, case: Case) -> None:
            caller.before(case)

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return caller.options()

        def validate_response(self, response: Response, case: Case, **_: Any) -> None:
            caller.after(case, response)

    Workflow.run(settings=_quietly(scenarios, stateful_step_count=STEPS))


def ask_each(schema: Any, caller: Caller, mode: GenerationMode, *, cases: int, seed_number: int) -> None:
    """Operations by themselves, those that no link leads to among them."""

    @seed(seed_number)
    @_quietly(cases)
    @given(case=schema.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        caller.before(case)
        caller.after(case, case.call(**caller.options()))

    ask()


class TestRequests:
    schema: ClassVar[Any] = None

    @pytest.mark.parametrize("role", ROLES)
    def test_requests_as(self, role: str, say: Say, is_release: bool) -> None:
        tally = Tally()
        wanted = (CASES_AT_RELEASE if is_release else CASES) // len(ROLES)
        with fuzzed_server() as server:
            document = requests.get(f"{server.url}/api/v1/openapi.json", timeout=30).json()
            schema = schemathesis.openapi.from_dict(document)
            schema.config.update(base_url=server.url)
            run = 0
            while tally.cases < wanted:
                run += 1
                caller = Caller(server, role, tally, seed_number=run)
                part = min(CASES_A_RUN, wanted - tally.cases) // 4 + 1
                follow_links(schema, caller, scenarios=2 * part // STEPS + 1, seed_number=run)
                for mode in GenerationMode:
                    ask_each(schema, caller, mode, cases=part, seed_number=run)
            complaints = server.complaints()
        operations = sum(1 for each in schema.get_all_operations() if each.ok())
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(tally.statuses.items()))
        say(
            f"{tally.cases} requests ({statuses}); {len(tally.answered)} of {operations} operations were"
            f" answered with success; {len(tally.findings)} findings, {len(complaints)} errors in the log"
        )
        assert list(tally.findings.values()) == []
        assert complaints == []
