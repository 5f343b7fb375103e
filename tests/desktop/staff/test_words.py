"""What the counter says about a call."""

import pytest

from clients.staff_desktop import words
from shared.problems import Problem, ProblemCode
from shared.tokens import ChoiceRule

OF_STATES = {
    code for code in ProblemCode if code.value.startswith("token_not_") or code is ProblemCode.TOKEN_ENDED
}  # told by the state they name
THE_QUEUES = [
    code
    for code in list(ProblemCode)[: list(ProblemCode).index(ProblemCode.NOT_FOUND)]
    if code not in OF_STATES
]
FACTS = {
    "number": "A012",
    "person": "Jonas Beck",
    "counter": "Counter 3",
    "customer_type": "Information",
    "limit": 80,
    "max_number": 999,
    "shown": 1,
    "screens": 2,
    "next_opening": "14:00",
}


class TestWhyNext:
    @pytest.mark.parametrize("rule", ChoiceRule)
    def test_every_rule_can_be_said(self, rule: ChoiceRule) -> None:
        said = words.why_next(rule, waiting=3, waited_s=27 * 60)
        assert said.endswith(" Waited 27 min.")
        assert len(said) > len(" Waited 27 min.")


class TestRefusal:
    @pytest.mark.parametrize("code", THE_QUEUES)
    def test_every_one_of_the_queue_is_said_in_the_apps_own_words(self, code: ProblemCode) -> None:
        problem = Problem(title="As the server says it.", status=409, code=code, facts=FACTS)
        said = words.refusal(problem, None, local={"opens_at": "10:43:30"})
        assert said
        assert said != problem.title
        assert "{" not in said

    @pytest.mark.parametrize("status", ["waiting", "called", "serving", "completed", "cancelled", "no_show"])
    @pytest.mark.parametrize("command", ["call", "return", "transfer", "reinstate", "cancel", "change"])
    def test_of_a_wrong_state_sends_on_to_the_next_only_who_wanted_to_call(
        self, status: str, command: str
    ) -> None:
        facts = {"number": "A012", "status": status, "command": command}
        problem = Problem(title="T", status=409, code=ProblemCode.TOKEN_NOT_MOVABLE, facts=facts)
        said = words.refusal(problem, None)
        assert said.startswith("A012 ")
        assert ("Call" in said) == (command == "call")
