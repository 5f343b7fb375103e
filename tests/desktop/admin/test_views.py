"""What is to be seen, worked out from what is known."""

from dataclasses import replace

import pytest

from clients.admin_desktop import words
from clients.admin_desktop.quiet_counters import QuietCounters
from clients.admin_desktop.view_state import (
    CallIsUnanswered,
    CounterState,
    DisplayIsOffline,
    Shown,
    TypeIsLate,
)
from clients.admin_desktop.views.counters import counters_view
from clients.admin_desktop.views.displays import display_rows
from clients.admin_desktop.views.floor import floor_view
from clients.admin_desktop.views.people import people_view
from clients.core.queue_state import active_at, from_snapshot
from shared.events import CounterClosed, ServiceCompleted, TokenCalled
from shared.ids import Revision, TokenStatus
from tests.desktop.admin import sample


def needs(known):
    return floor_view(known).needs_you


class TestKpis:
    def test_waiting_late_longest_and_counters_are_counted(self):
        kpis = floor_view(sample.facts()).kpis
        assert (kpis.waiting, kpis.late) == (14, 2)
        assert (kpis.longest.number, kpis.longest.waited_s, kpis.longest.limit_min) == ("R007", 27 * 60, 20)
        assert (kpis.open_counters, kpis.counters, kpis.ready) == (5, 6, 2)

    def test_a_wait_exactly_at_its_limit_is_not_late(self):
        known = sample.facts()
        at_the_limit = replace(known, at=known.at - sample.timedelta(minutes=4))
        assert floor_view(at_the_limit).kpis.late == 1
        assert (
            floor_view(replace(at_the_limit, at=at_the_limit.at - sample.timedelta(minutes=3))).kpis.late == 0
        )

    def test_without_the_days_figures_nothing_is_made_up(self):
        kpis = floor_view(sample.facts(day=None)).kpis
        assert kpis.day is None
        assert words.average_figure(kpis) == words.MISSING


class TestCounters:
    def test_each_state_has_its_person_number_and_time(self):
        cards = {card.label: card for card in floor_view(sample.facts()).counters}
        assert (cards["1"].state, cards["1"].number, cards["1"].elapsed_s) == (
            CounterState.SERVING,
            "A010",
            348,
        )
        assert (cards["2"].state, cards["2"].recalls, cards["2"].elapsed_s) == (CounterState.CALLED, 1, 41)
        assert (cards["5"].state, cards["5"].elapsed_s, cards["5"].waiting) == (CounterState.READY, 20, 14)
        assert (cards["6"].state, cards["6"].person) == (CounterState.CLOSED, None)

    def test_a_ready_counter_counts_only_the_types_it_serves(self):
        cards = {card.label: card for card in floor_view(sample.facts()).counters}
        assert cards["4"].waiting == len(sample.WAITS_MIN["instant"])

    def test_the_time_of_a_ready_counter_nobody_watched_is_not_known(self):
        called_since = (
            sample.snapshot()
            .recent_calls[0]
            .model_copy(update={"counter_id": sample.counter_id("5"), "called_at": sample.before(9)})
        )
        snapshot = sample.snapshot().model_copy(update={"recent_calls": (called_since,)})
        cards = {card.label: card for card in floor_view(sample.facts(snapshot, quiet_since={})).counters}
        assert cards["5"].elapsed_s is None
        assert cards["4"].elapsed_s == 90 * 60  # opened then, and it has called nobody

    def test_a_person_added_today_is_found_among_the_accounts(self):
        strangers = sample.snapshot().model_copy(update={"people": ()})
        known = sample.facts(strangers, users=None)
        assert known.has_strangers
        assert floor_view(known).counters[0].person is None
        asked = sample.facts(strangers)
        assert not asked.has_strangers
        assert floor_view(asked).counters[0].person == "Jonas Beck"

    def test_the_list_names_the_types_a_counter_may_serve(self):
        rows = {row.card.label: row for row in counters_view(sample.facts()).rows}
        assert rows["1"].types == ("Quick service", "Information")
        assert rows["2"].all_types


class TestTypes:
    def test_the_longest_wait_the_scale_and_the_counters_are_shown(self):
        rows = {row.prefix: row for row in floor_view(sample.facts()).types}
        assert (rows["R"].waiting, rows["R"].longest_s, rows["R"].limit_s) == (6, 27 * 60, 20 * 60)
        assert rows["A"].counters == ("1", "3", "4", "5")
        assert rows["R"].counters == ("3", "5")
        assert rows["A"].scale_s == rows["R"].scale_s > 27 * 60

    def test_no_estimate_is_shown_without_one(self):
        rows = floor_view(sample.facts(queues=None)).types
        assert {row.estimate_s for row in rows} == {None}

    def test_an_inactive_type_is_shown_only_while_somebody_waits(self):
        types = tuple(
            each.model_copy(update={"is_active": False}) for each in sample.snapshot().customer_types
        )
        busy = sample.snapshot().model_copy(update={"customer_types": types})
        idle = sample.snapshot(waits=False).model_copy(update={"customer_types": types})
        assert len(floor_view(sample.facts(busy)).types) == 3
        assert floor_view(sample.facts(idle)).types == ()


class TestNeedsYou:
    def test_a_late_type_names_the_token_and_who_serves_it(self):
        late = next(need for need in needs(sample.facts()) if isinstance(need, TypeIsLate))
        assert words.need_title(late) == "Sales & payments is late"
        assert words.need_text(late, sample.NOW) == (
            "R007 has waited 27 min; 2 in all are late. Only counters 3 and 5 serve this type."
        )

    @pytest.mark.parametrize(
        ("counters", "sentence"),
        [
            ((), "No open counter serves this type."),
            (("3",), "Only counter 3 serves this type."),
            (("1", "2", "3"), "Only counters 1, 2 and 3 serve this type."),
            (("1", "2", "3", "4", "5"), "5 of 9 open counters serve this type."),
            (tuple("123456789"), "Every open counter serves this type."),
        ],
    )
    def test_the_sentence_fits_how_many_serve_it(self, counters, sentence):
        late = next(need for need in needs(sample.facts()) if isinstance(need, TypeIsLate))
        told = words.need_text(replace(late, counters=counters, open_counters=9), sample.NOW)
        assert told.endswith(sentence)

    def test_a_display_that_is_missing_is_listed_and_a_new_one_is_not(self):
        new = sample.device("Annex", online=False, seen_min=None)
        found = needs(sample.facts(devices=(*sample.DEVICES, new)))
        assert [need.name for need in found if isinstance(need, DisplayIsOffline)] == ["Entrance"]

    def test_a_call_is_listed_only_after_a_minute(self):
        known = sample.facts()
        after = [41, 60, 61]
        found = [
            [
                need.number
                for need in needs(replace(known, at=known.at + sample.timedelta(seconds=seconds - 41)))
                if isinstance(need, CallIsUnanswered)
            ]
            for seconds in after
        ]
        assert found == [[], [], ["B004"]]

    def test_nothing_needs_anybody_on_a_quiet_floor(self):
        quiet = sample.facts(sample.snapshot(waits=False), devices=())
        assert needs(quiet) == ()


class TestDisplays:
    def test_a_screen_shows_the_call_that_all_screens_have_painted(self):
        rows = {row.name: row for row in display_rows(sample.facts())}
        assert rows["Lobby, left"].shows == Shown(number="A012", counter="3")
        assert rows["Entrance"].shows is None
        assert rows["Entrance"].offline_s == 12 * 60

    def test_with_a_receipt_missing_nothing_is_claimed(self):
        known = sample.facts()
        receipts = {key: value.model_copy(update={"shown": 1}) for key, value in known.receipts.items()}
        assert {row.shows for row in display_rows(replace(known, receipts=receipts))} == {None}

    def test_missing_ones_come_first(self):
        assert next(iter(display_rows(sample.facts()))).name == "Entrance"


class TestPeople:
    def test_a_person_is_shown_at_the_counter_they_opened(self):
        rows = {row.name: row for row in people_view(sample.facts()).rows}
        assert rows["Marta Ruiz"].counter == "3"
        assert rows["Ines Kovač"].counter == ""
        assert rows["Tom Haddad"].last_login is None


class TestQuietCounters:
    def test_a_counter_is_quiet_from_the_end_of_a_visit_to_the_next_call(self):
        state = from_snapshot(sample.snapshot())
        token = active_at(state, sample.counter_id("3"))
        call = state.recent_calls[0]
        done = token.model_copy(update={"status": TokenStatus.COMPLETED})
        quiet = QuietCounters()
        quiet.watch([ServiceCompleted(revision=Revision(401), at=sample.NOW, token=done, call=call)])
        assert quiet.since == {sample.counter_id("3"): sample.NOW}
        quiet.watch([TokenCalled(revision=Revision(402), at=sample.NOW, token=token, call=call)])
        assert quiet.since == {}

    def test_a_closed_counter_is_closed_since_its_event(self):
        quiet = QuietCounters()
        closed = sample.counter("4", person=None)
        quiet.watch([CounterClosed(revision=Revision(401), at=sample.NOW, counter=closed)])
        assert quiet.since == {closed.id: sample.NOW}
        quiet.forget()
        assert quiet.since == {}


class TestPast:
    @pytest.mark.parametrize(
        ("minutes", "words_for_it"),
        [
            (5, "10:38"),
            (60 * 24, "yesterday 10:43"),
            (60 * 24 * 40, "4 September"),
            (60 * 24 * 400, "9 September 2024"),
        ],
    )
    def test_a_moment_is_as_short_as_its_day_allows(self, minutes, words_for_it):
        known = sample.facts()
        assert words.past(known.local(sample.before(minutes)), known.local(sample.NOW)) == words_for_it
