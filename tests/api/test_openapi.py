"""What the OpenAPI document promises to who reads it instead of the code."""

import re
from typing import Any

import pytest
from pydantic import BaseModel

from server.api.examples import BODIES
from server.app import create_app
from server.infra.crypto import MasterKey
from server.infra.jwt import JwtKeys
from server.settings import Settings
from shared.organizations import OrganizationSettings
from shared.problems import Problem, ProblemCode

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory, signing_keys: JwtKeys) -> dict[str, Any]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    master_key = MasterKey.load_or_create(settings)
    return create_app(settings, conninfo="", keys=signing_keys, master_key=master_key).openapi()


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS and path.startswith("/api/v1")
    }


class TestOperations:
    def test_each_says_what_it_does_and_who_may(self, document: dict[str, Any]) -> None:
        found = operations(document)
        assert len(found) > 50
        silent = [
            name
            for name, each in found.items()
            if not each.get("summary") or not each.get("description") or "x-permission" not in each
        ]
        assert silent == []

    def test_refusals_are_problems_with_an_example_for_each_code(self, document: dict[str, Any]) -> None:
        for name, operation in operations(document).items():
            refusals = {code: each for code, each in operation["responses"].items() if int(code) >= 400}
            assert "503" in refusals, name
            for status, response in refusals.items():
                assert set(response["content"]) == {"application/problem+json"}, name
                content = response["content"]["application/problem+json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
                assert content["examples"], name
                for code, example in content["examples"].items():
                    problem = Problem.model_validate(example["value"])
                    assert (problem.code, problem.status) == (ProblemCode(code), int(status))

    def test_commands_take_an_idempotency_key_and_edits_a_version(self, document: dict[str, Any]) -> None:
        for name, operation in operations(document).items():
            headers = {
                each["name"].lower() for each in operation.get("parameters", []) if each["in"] == "header"
            }
            is_edit = "428" in operation["responses"]
            assert ("if-match" in headers) == is_edit, name
            # Who is not signed in yet commands nothing, and one's own sign-in is no organization's.
            no_command = operation["x-permission"] == "public" or "/auth/" in name
            reads = name.startswith("GET ") or no_command or name.endswith("/simulate")
            assert ("idempotency-key" in headers) != reads, name

    def test_who_takes_a_body_refuses_a_malformed_and_a_large_one(self, document: dict[str, Any]) -> None:
        takers = {name: each for name, each in operations(document).items() if "requestBody" in each}
        assert len(takers) > 20
        for name, operation in takers.items():
            for status, code in (("400", "malformed"), ("413", "too_large")):
                content = operation["responses"][status]["content"]["application/problem+json"]
                assert code in content["examples"], name

    def test_times_of_day_ask_for_no_offset(self, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        reset_time = schemas["OrganizationSettings"]["properties"]["reset_time"]
        assert "format" not in reset_time
        for text in ("04:30", "04:30:00", "23:59:59.5"):
            assert re.search(reset_time["pattern"], text)
            OrganizationSettings(name="City Hall", reset_time=text)
        assert not re.search(reset_time["pattern"], "24:00")

    def test_every_reference_leads_somewhere(self, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]

        def walk(value: object) -> None:
            if isinstance(value, dict):
                if isinstance(value.get("$ref"), str):
                    assert value["$ref"].removeprefix("#/components/schemas/") in schemas
                for each in value.values():
                    walk(each)
            elif isinstance(value, list):
                for each in value:
                    walk(each)

        walk(document)


class TestExamples:
    @pytest.mark.parametrize("model", BODIES, ids=lambda model: model.__name__)
    def test_each_is_a_body_that_is_taken(self, model: type[BaseModel]) -> None:
        model.model_validate(BODIES[model])

    def test_every_body_has_one(self, document: dict[str, Any]) -> None:
        bodies = {
            content["schema"]["$ref"].rpartition("/")[2]
            for operation in operations(document).values()
            if "requestBody" in operation
            for content in operation["requestBody"]["content"].values()
        }
        schemas = document["components"]["schemas"]
        assert {name for name in bodies if not schemas[name].get("examples")} == set()
