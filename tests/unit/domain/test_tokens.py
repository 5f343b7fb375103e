"""Every row of the state table, legal and illegal."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import tokens as rules
from server.domain.errors import TokenNotInState, TokenOfAnotherDay
from server.domain.tokens import ANYBODY, Target, Token
from shared.ids import ACTIVE_STATUSES, CallId, CallOutcome, Revision, TokenCommand, TokenStatus, TypeKey
from shared.problems import ProblemCode
from tests.unit.domain.factories import (
    COUNTER,
    NOW,
    PERSON,
    WHY,
    called_token,
    minutes,
    token_in,
    waiting_token,
)

LATER = NOW + minutes(20)


def move(command: TokenCommand, token: Token, *, confirms_arrival: bool = True) -> Token:
    match command:
        case TokenCommand.CALL:
            return rules.call(
                token,
                call_id=CallId(uuid4()),
                counter_id=COUNTER,
                user_id=PERSON,
                why=WHY,
                revision=Revision(9),
                now=LATER,
            )
        case TokenCommand.RECALL:
            return rules.recall(token, revision=Revision(9), now=LATER)
        case TokenCommand.START:
            return rules.start(token, now=LATER)
        case TokenCommand.COMPLETE:
            return rules.complete(token, confirms_arrival=confirms_arrival, now=LATER)
        case TokenCommand.NO_SHOW:
            return rules.no_show(token, now=LATER)
        case TokenCommand.CANCEL:
            return rules.cancel(token, reason="left", now=LATER)
        case TokenCommand.RETURN:
            return rules.return_to_lane(token, now=LATER)
        case TokenCommand.TRANSFER:
            return rules.transfer(
                token,
                customer_type=TypeKey("retail"),
                target=Target(user_id=PERSON),
                place_at=token.place_at,
                now=LATER,
            )
        case TokenCommand.PARK:
            return rules.park(token, reason="form", wake_at=None, now=LATER)
        case TokenCommand.RESUME:
            return rules.resume(
                token,
                call_id=CallId(uuid4()),
                counter_id=COUNTER,
                user_id=PERSON,
                why=WHY,
                revision=Revision(9),
                now=LATER,
            )
        case TokenCommand.REINSTATE:
            return rules.reinstate(token, behind=None, today=token.service_day)
        case TokenCommand.CHANGE:
            return rules.change(token, priority=10, emergency=None, visitor=None)
        case TokenCommand.FALL_BACK:
            return rules.fall_back(token)
    raise AssertionError(command)


# The table of the design, written out once more by hand: (command, from) -> to.
LEGAL = {
    (TokenCommand.CALL, TokenStatus.WAITING): TokenStatus.CALLED,
    (TokenCommand.RECALL, TokenStatus.CALLED): TokenStatus.CALLED,
    (TokenCommand.START, TokenStatus.CALLED): TokenStatus.SERVING,
    (TokenCommand.COMPLETE, TokenStatus.SERVING): TokenStatus.COMPLETED,
    (TokenCommand.NO_SHOW, TokenStatus.CALLED): TokenStatus.NO_SHOW,
    (TokenCommand.CANCEL, TokenStatus.WAITING): TokenStatus.CANCELLED,
    (TokenCommand.CANCEL, TokenStatus.CALLED): TokenStatus.CANCELLED,
    (TokenCommand.CANCEL, TokenStatus.PARKED): TokenStatus.CANCELLED,
    (TokenCommand.RETURN, TokenStatus.CALLED): TokenStatus.WAITING,
    (TokenCommand.RETURN, TokenStatus.PARKED): TokenStatus.WAITING,
    (TokenCommand.TRANSFER, TokenStatus.WAITING): TokenStatus.WAITING,
    (TokenCommand.TRANSFER, TokenStatus.CALLED): TokenStatus.WAITING,
    (TokenCommand.TRANSFER, TokenStatus.SERVING): TokenStatus.WAITING,
    (TokenCommand.TRANSFER, TokenStatus.PARKED): TokenStatus.WAITING,
    (TokenCommand.PARK, TokenStatus.CALLED): TokenStatus.PARKED,
    (TokenCommand.PARK, TokenStatus.SERVING): TokenStatus.PARKED,
    (TokenCommand.RESUME, TokenStatus.PARKED): TokenStatus.CALLED,
    (TokenCommand.REINSTATE, TokenStatus.NO_SHOW): TokenStatus.WAITING,
    (TokenCommand.CHANGE, TokenStatus.WAITING): TokenStatus.WAITING,
    (TokenCommand.CHANGE, TokenStatus.CALLED): TokenStatus.CALLED,
    (TokenCommand.CHANGE, TokenStatus.SERVING): TokenStatus.SERVING,
    (TokenCommand.CHANGE, TokenStatus.PARKED): TokenStatus.PARKED,
    (TokenCommand.FALL_BACK, TokenStatus.WAITING): TokenStatus.WAITING,
}
COMMANDS = [each for each in TokenCommand if each not in (TokenCommand.CREATE, TokenCommand.UNDO)]
ILLEGAL = [
    (command, status) for command in COMMANDS for status in TokenStatus if (command, status) not in LEGAL
]
CODES = {
    TokenCommand.CALL: ProblemCode.TOKEN_NOT_WAITING,
    TokenCommand.RECALL: ProblemCode.TOKEN_NOT_CALLED,
    TokenCommand.START: ProblemCode.TOKEN_NOT_CALLED,
    TokenCommand.COMPLETE: ProblemCode.TOKEN_NOT_SERVING,
    TokenCommand.NO_SHOW: ProblemCode.TOKEN_NOT_CALLED,
    TokenCommand.CANCEL: ProblemCode.TOKEN_ENDED,
    TokenCommand.RETURN: ProblemCode.TOKEN_NOT_MOVABLE,
    TokenCommand.TRANSFER: ProblemCode.TOKEN_NOT_MOVABLE,
    TokenCommand.PARK: ProblemCode.TOKEN_NOT_MOVABLE,
    TokenCommand.RESUME: ProblemCode.TOKEN_NOT_PARKED,
    TokenCommand.REINSTATE: ProblemCode.TOKEN_NOT_NO_SHOW,
    TokenCommand.CHANGE: ProblemCode.TOKEN_ENDED,
    TokenCommand.FALL_BACK: ProblemCode.TOKEN_NOT_WAITING,
}


class TestTransitions:
    @pytest.mark.parametrize(("row", "to"), LEGAL.items(), ids=str)
    def test_legal(self, row: tuple[TokenCommand, TokenStatus], to: TokenStatus) -> None:
        command, start = row
        assert move(command, token_in(start)).status is to

    @pytest.mark.parametrize(("command", "status"), ILLEGAL)
    def test_illegal_names_state_and_command(self, command: TokenCommand, status: TokenStatus) -> None:
        with pytest.raises(TokenNotInState) as refused:
            move(command, token_in(status))
        assert refused.value.code is CODES[command]
        assert refused.value.facts == {
            "number": "A001",
            "status": status.value,
            "command": command.value,
        }
        assert "A001" in refused.value.sentence

    def test_complete_straight_from_called_where_arrival_is_not_confirmed(self) -> None:
        done = move(TokenCommand.COMPLETE, token_in(TokenStatus.CALLED), confirms_arrival=False)
        assert done.status is TokenStatus.COMPLETED
        assert done.service_s == 15 * 60
        assert done.served_at == NOW + minutes(5)


class TestCall:
    def test_keeps_the_wait_of_the_first_call(self) -> None:
        assert called_token().wait_s == 5 * 60

    def test_has_a_visit_of_its_own(self) -> None:
        token = called_token()
        assert token.call is not None
        assert token.call.called_at == token.call.announced_at == NOW + minutes(5)
        assert (token.call.recall_count, token.call.ended_at, token.call.outcome) == (0, None, None)

    def test_waits_are_never_negative_when_the_clock_was_set_back(self) -> None:
        assert called_token(at=NOW - timedelta(hours=1)).wait_s == 0


class TestRecall:
    def test_counts_and_announces_anew_without_touching_the_call_time(self) -> None:
        again = rules.recall(called_token(), revision=Revision(5), now=LATER)
        assert again.call is not None
        assert again.call.recall_count == 1
        assert again.call.announced_revision == 5
        assert again.call.announced_at == LATER
        assert again.called_at == again.call.called_at == NOW + minutes(5)


class TestComplete:
    def test_records_the_service_duration(self) -> None:
        done = token_in(TokenStatus.COMPLETED)
        assert done.service_s == 3 * 60
        assert done.call is not None
        assert done.call.outcome is CallOutcome.COMPLETED
        assert done.call.ended_at == done.completed_at == NOW + minutes(9)


class TestCancel:
    def test_withdraws_a_call_under_way(self) -> None:
        gone = token_in(TokenStatus.CANCELLED)
        assert gone.call is not None
        assert gone.call.withdrawn
        assert gone.call.outcome is CallOutcome.CANCELLED

    def test_of_a_waiting_token_has_no_call(self) -> None:
        assert rules.cancel(token_in(TokenStatus.WAITING), reason="left", now=LATER).call is None


class TestLeavingTheCounter:
    @pytest.mark.parametrize(
        ("command", "outcome"),
        [
            (TokenCommand.TRANSFER, CallOutcome.TRANSFERRED),
            (TokenCommand.PARK, CallOutcome.PARKED),
            (TokenCommand.RETURN, CallOutcome.RETURNED),
        ],
    )
    def test_a_visitor_who_had_not_come_yet_is_called_back(
        self, command: TokenCommand, outcome: CallOutcome
    ) -> None:
        gone = move(command, token_in(TokenStatus.CALLED))
        assert gone.call is not None
        assert (gone.call.outcome, gone.call.withdrawn, gone.call.ended_at) == (outcome, True, LATER)
        assert gone.service_s is None

    @pytest.mark.parametrize("command", [TokenCommand.TRANSFER, TokenCommand.PARK])
    def test_one_who_was_served_keeps_that_service(self, command: TokenCommand) -> None:
        gone = move(command, token_in(TokenStatus.SERVING))
        assert gone.call is not None
        assert not gone.call.withdrawn
        assert gone.service_s == 14 * 60

    def test_the_services_of_all_visits_add_up(self) -> None:
        parked = move(TokenCommand.PARK, token_in(TokenStatus.SERVING))
        again = rules.start(move(TokenCommand.RESUME, replace(parked, call=None)), now=LATER + minutes(1))
        done = rules.complete(again, confirms_arrival=True, now=LATER + minutes(4))
        assert done.service_s == (14 + 3) * 60
        assert done.wait_s == 5 * 60, "until the first call"

    @pytest.mark.parametrize("status", [TokenStatus.WAITING, TokenStatus.CALLED, TokenStatus.PARKED])
    def test_a_transfer_says_since_when_it_is_meant_for_someone(self, status: TokenStatus) -> None:
        sent = move(TokenCommand.TRANSFER, token_in(status))
        assert (sent.target, sent.targeted_at) == (Target(user_id=PERSON), LATER)
        back = rules.transfer(
            sent, customer_type=sent.customer_type, target=ANYBODY, place_at=sent.place_at, now=LATER
        )
        assert (back.target, back.targeted_at) == (ANYBODY, None)

    def test_a_counter_and_a_person_at_once_is_no_target(self) -> None:
        with pytest.raises(ValueError, match="not for both"):
            Target(counter_id=COUNTER, user_id=PERSON)


class TestReinstate:
    @given(own=st.integers(-600, 600), behind=st.none() | st.integers(-600, 600))
    def test_stands_behind_the_kth_but_never_better_than_it_stood(self, own: int, behind: int | None) -> None:
        late = replace(token_in(TokenStatus.NO_SHOW), place_at=NOW + timedelta(seconds=own))
        place = None if behind is None else NOW + timedelta(seconds=behind)
        back = rules.reinstate(late, behind=place, today=late.service_day)
        assert back.place_at >= late.place_at
        assert place is None or back.place_at > place
        assert back.place_at == late.place_at or back.place_at == rules.after(place or NOW)

    @pytest.mark.parametrize("days", [-1, 1])
    def test_of_another_day_is_refused(self, days: int) -> None:
        late = token_in(TokenStatus.NO_SHOW)
        with pytest.raises(TokenOfAnotherDay):
            rules.reinstate(late, behind=None, today=late.service_day + timedelta(days=days))


class TestUndo:
    @pytest.mark.parametrize("row", LEGAL, ids=str)
    def test_brings_every_command_back_to_the_exact_token(
        self, row: tuple[TokenCommand, TokenStatus]
    ) -> None:
        command, start = row
        before = token_in(start)
        # What the database gives of an ended visit: nothing.
        before = before if start in ACTIVE_STATUSES else replace(before, call=None)
        after = move(command, before)
        stored = after if after.status in ACTIVE_STATUSES else replace(after, call=None)
        undone = rules.undo(stored, before=before, now=LATER)
        if stored.call is not None and before.call is None:
            assert undone.call is not None
            assert (undone.call.outcome, undone.call.withdrawn) == (CallOutcome.UNDONE, True)
            undone = replace(undone, call=None)
        if command is TokenCommand.RECALL:
            # Where the announcement stands in the list of calls stays: it was made.
            assert undone.call is not None
            assert undone.call.announced_revision == 9
            undone = replace(undone, call=before.call)
        assert undone == before

    def test_of_a_create_cancels(self) -> None:
        undone = rules.undo(waiting_token(), before=None, now=LATER)
        assert (undone.status, undone.cancelled_at, undone.cancel_reason) == (
            TokenStatus.CANCELLED,
            LATER,
            "undone",
        )
