"""What the counter says about a call."""

import pytest

from clients.staff_desktop import words
from shared.tokens import ChoiceRule


class TestWhyNext:
    @pytest.mark.parametrize("rule", ChoiceRule)
    def test_every_rule_can_be_said(self, rule: ChoiceRule) -> None:
        said = words.why_next(rule, waiting=3, waited_s=27 * 60)
        assert said.endswith(" Waited 27 min.")
        assert len(said) > len(" Waited 27 min.")
