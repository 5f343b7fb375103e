"""When the console asks again."""

from clients.admin_desktop.refresh import STUCK_S, Refresh
from clients.core.messages import Fetch

TODAY, DEVICES = Fetch.TODAY, Fetch.DEVICES


class TestDue:
    def test_everything_is_asked_for_at_once_and_only_once(self):
        refresh = Refresh()
        assert refresh.due((TODAY, DEVICES), 0.0) == (TODAY, DEVICES)
        assert refresh.due((TODAY, DEVICES), 0.1) == ()

    def test_after_events_the_day_is_asked_for_every_five_seconds_at_most(self):
        refresh = Refresh()
        refresh.due((TODAY,), 0.0)
        refresh.settle(TODAY)
        refresh.mark_stale(TODAY)
        assert refresh.due((TODAY,), 4.9) == ()
        assert refresh.due((TODAY,), 5.0) == (TODAY,)

    def test_without_events_the_day_is_asked_for_once_a_minute(self):
        refresh = Refresh()
        refresh.due((TODAY,), 0.0)
        refresh.settle(TODAY)
        assert refresh.due((TODAY,), 59.0) == ()
        assert refresh.due((TODAY,), 60.0) == (TODAY,)

    def test_displays_are_asked_for_every_ten_seconds(self):
        refresh = Refresh()
        refresh.due((DEVICES,), 0.0)
        refresh.settle(DEVICES)
        assert refresh.due((DEVICES,), 9.9) == ()
        assert refresh.due((DEVICES,), 10.0) == (DEVICES,)

    def test_a_question_under_way_is_not_asked_again_until_it_must_be_lost(self):
        refresh = Refresh()
        refresh.due((DEVICES,), 0.0)
        refresh.mark_stale(DEVICES)
        assert refresh.due((DEVICES,), 20.0) == ()
        assert refresh.due((DEVICES,), STUCK_S) == (DEVICES,)

    def test_a_person_who_tries_again_does_not_wait(self):
        refresh = Refresh()
        refresh.due((TODAY,), 0.0)
        refresh.settle(TODAY)
        refresh.hurry(TODAY)
        assert refresh.due((TODAY,), 0.2) == (TODAY,)
