"""The estimator's promises: ordered, monotone, by the plan, without look-ahead."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.estimates import estimate, learn
from server.domain.estimates.facts import (
    CounterHours,
    CounterPlan,
    History,
    Interval,
    OpenCounter,
    QueueFacts,
    WaitingToken,
)
from server.domain.estimates.model import Model, Occupation, Quantiles
from server.domain.estimates.scoring import score, scores
from shared.queues import WaitRange
from tests.unit.domain.lobby_days import NOON, past_day, past_days

FIGURES = ("low_s", "median_s", "high_s")
NEW = Model()
NEARLY_FIXED = replace(
    NEW,
    occupations={
        "retail": Occupation(
            mean_s=150.0,
            by_hour_s=(150.0,) * 24,
            residual_s=(150.0, 75.0, 5.0, 5.0, 5.0, 5.0, 5.0),
            equilibrium_s=75.0,
        )
    },
)
LEARNED = learn(past_days(12), now=NOON)
MODELS = st.sampled_from([NEW, LEARNED])


def waiting(
    count: int, *, apart_s: int = 10, customer_type: str = "retail", head_start_s: float = 0.0
) -> tuple[WaitingToken, ...]:
    return tuple(
        WaitingToken(
            customer_type=customer_type,
            head_start_s=head_start_s,
            place_at=NOON - timedelta(seconds=apart_s * (count - n)),
        )
        for n in range(count)
    )


def facts(
    *, ahead: int, counters: int, busy_s: int = 60, apart_s: int = 10, plan: CounterPlan | None = None
) -> QueueFacts:
    return QueueFacts(
        now=NOON,
        customer_type="retail",
        waiting=waiting(ahead, apart_s=apart_s),
        counters=tuple(busy(str(n), busy_s) for n in range(counters)),
        plan=plan,
    )


def busy(name: str, busy_s: int, *, serves: frozenset[str] = frozenset()) -> OpenCounter:
    return OpenCounter(counter=name, serves=serves, busy_since=NOON - timedelta(seconds=busy_s))


def plan(*spans: tuple[str, int, int]) -> CounterPlan:
    """Counters by name, planned open from so many minutes to so many minutes after noon."""
    return CounterPlan(
        counters=tuple(
            CounterHours(
                counter=name,
                open=(
                    Interval(
                        opens_at=NOON + timedelta(minutes=opens), closes_at=NOON + timedelta(minutes=closes)
                    ),
                ),
            )
            for name, opens, closes in spans
        )
    )


def promised(model: Model, now: QueueFacts) -> WaitRange:
    found = estimate(model, now)
    assert found is not None
    return found


def at_least(upper: WaitRange, lower: WaitRange) -> bool:
    return all(getattr(upper, figure) >= getattr(lower, figure) for figure in FIGURES)


PLANS = st.lists(
    st.tuples(st.sampled_from("0123456"), st.integers(-300, 120), st.integers(1, 300)).map(
        lambda each: (each[0], each[1], each[1] + each[2])
    ),
    max_size=5,
    unique_by=lambda each: each[0],
).map(lambda spans: plan(("last", -300, 420), *spans))
MOMENTS = st.builds(
    facts,
    ahead=st.integers(0, 80),
    counters=st.integers(1, 12),
    busy_s=st.integers(0, 2000),
    apart_s=st.integers(0, 90),
    plan=st.none() | PLANS,
)


class TestEstimate:
    @given(model=MODELS, now=MOMENTS)
    def test_the_range_is_ordered(self, model: Model, now: QueueFacts) -> None:
        range_ = promised(model, now)
        assert 0 <= range_.low_s <= range_.median_s <= range_.high_s

    @given(model=MODELS, now=MOMENTS, more=st.integers(1, 3))
    def test_more_people_never_lower_it(self, model: Model, now: QueueFacts, more: int) -> None:
        behind = replace(now, waiting=(*now.waiting, *waiting(more, apart_s=0)))
        assert at_least(promised(model, behind), promised(model, now))

    @given(model=MODELS, now=MOMENTS, busy_s=st.none() | st.integers(0, 3000))
    def test_one_more_counter_never_raises_it(
        self, model: Model, now: QueueFacts, busy_s: int | None
    ) -> None:
        extra = OpenCounter(counter="extra") if busy_s is None else busy("extra", busy_s)
        helped = replace(now, counters=(*now.counters, extra))
        assert at_least(promised(model, now), promised(model, helped))

    @given(model=MODELS, now=MOMENTS, head_start_s=st.integers(1, 1800))
    def test_a_head_start_never_raises_it(self, model: Model, now: QueueFacts, head_start_s: int) -> None:
        assert at_least(promised(model, now), promised(model, replace(now, head_start_s=head_start_s)))

    @given(model=MODELS, now=MOMENTS)
    def test_the_same_facts_give_the_same_range(self, model: Model, now: QueueFacts) -> None:
        assert estimate(model, now) == estimate(Model.from_json(model.to_json()), now)

    def test_people_behind_a_head_start_do_not_count(self) -> None:
        now = replace(facts(ahead=30, counters=2), head_start_s=3600.0)
        assert promised(NEW, now) == promised(NEW, facts(ahead=0, counters=2))

    def test_no_counter_now_or_planned_is_no_range(self) -> None:
        assert estimate(NEW, facts(ahead=3, counters=0)) is None
        assert estimate(NEW, facts(ahead=3, counters=0, plan=plan(("1", -120, -60)))) is None

    def test_counters_of_other_types_do_not_count(self) -> None:
        other = busy("1", 60, serves=frozenset({"instant"}))
        assert estimate(NEW, replace(facts(ahead=0, counters=0), counters=(other,))) is None

    def test_a_free_counter_is_no_wait(self) -> None:
        free = replace(facts(ahead=0, counters=3), counters=(busy("1", 60), OpenCounter(counter="2")))
        assert promised(NEW, free).median_s == 0

    def test_a_visit_near_its_end_shortens_it(self) -> None:
        begun, ending = facts(ahead=0, counters=1, busy_s=5), facts(ahead=0, counters=1, busy_s=140)
        assert promised(NEARLY_FIXED, ending).median_s < promised(NEARLY_FIXED, begun).median_s

    def test_busy_counters_never_promise_less_than_free_ones(self) -> None:
        slow_staff = replace(NEW, at_once=Quantiles(low_s=40.0, median_s=60.0, high_s=900.0))
        free = promised(slow_staff, replace(facts(ahead=0, counters=0), counters=(OpenCounter(counter="1"),)))
        assert free == WaitRange(low_s=40, median_s=60, high_s=900)
        assert at_least(promised(slow_staff, facts(ahead=0, counters=12)), free)

    def test_a_planned_opening_is_waited_for(self) -> None:
        opens = plan(("1", 60, 180))
        assert promised(NEW, facts(ahead=3, counters=0, plan=opens)).median_s >= 3600

    def test_a_counter_that_should_have_opened_just_now_is_expected(self) -> None:
        late = promised(NEW, facts(ahead=0, counters=0, plan=plan(("1", -5, 180))))
        assert late.median_s < 1200

    def test_a_planned_closing_raises_it(self) -> None:
        now = facts(ahead=20, counters=2)
        alone = promised(NEW, now)
        closing = promised(NEW, replace(now, plan=plan(("0", -60, 5), ("1", -60, 300))))
        assert closing.median_s > 1.3 * alone.median_s

    def test_a_counter_closed_against_the_plan_does_not_count(self) -> None:
        two = plan(("0", -60, 300), ("1", -60, 300))
        assert promised(NEW, facts(ahead=20, counters=1, plan=two)) == promised(
            NEW, facts(ahead=20, counters=1, plan=plan(("0", -60, 300)))
        )

    def test_a_counter_in_place_of_a_planned_one_closes_with_it(self) -> None:
        stand_in = replace(facts(ahead=20, counters=1), counters=(busy("0", 60), busy("7", 60)))
        swapped = replace(stand_in, plan=plan(("0", -60, 300), ("1", -60, 5)))
        as_planned = facts(ahead=20, counters=2, plan=plan(("0", -60, 300), ("1", -60, 5)))
        assert promised(NEW, swapped) == promised(NEW, as_planned)

    def test_a_counter_that_finishes_after_its_planned_end_does_not_count(self) -> None:
        ended = plan(("0", -60, 300), ("1", -60, -1))
        last_visitor = facts(ahead=20, counters=2, busy_s=120, plan=ended)
        assert promised(NEW, last_visitor) == promised(
            NEW, replace(last_visitor, counters=last_visitor.counters[:1])
        )
        # Who has called somebody since then stays.
        stays = facts(ahead=20, counters=2, busy_s=30, plan=ended)
        assert promised(NEW, stays).median_s < 0.6 * promised(NEW, last_visitor).median_s

    def test_counters_that_open_together_call_together(self) -> None:
        opening = [str(n) for n in range(6)]
        now = facts(ahead=5, counters=0, plan=plan(*((name, 10, 300) for name in opening)))
        assert promised(NEW, now).median_s < 660

    def test_a_break_is_waited_for_and_ends(self) -> None:
        now = facts(ahead=20, counters=2)
        resting = replace(now.counters[1], busy_since=None, on_break_until=NOON + timedelta(minutes=15))
        on_break = promised(NEW, replace(now, counters=(now.counters[0], resting)))
        assert promised(NEW, now).median_s < on_break.median_s
        assert on_break.median_s < promised(NEW, facts(ahead=20, counters=1)).median_s

    def test_after_the_last_closing_the_lobby_is_emptied(self) -> None:
        closing = plan(("0", -300, 10), ("1", -300, 10))
        assert promised(NEW, facts(ahead=20, counters=2, plan=closing)) == promised(
            NEW, facts(ahead=20, counters=2)
        )

    def test_a_long_queue_of_another_type_does_not_make_a_shared_counter_a_burden(self) -> None:
        own = replace(
            facts(ahead=1, counters=0),
            waiting=(*waiting(1), *waiting(30, customer_type="instant")),
            counters=(
                busy("own", 60, serves=frozenset({"retail"})),
                busy("theirs", 60, serves=frozenset({"instant"})),
            ),
        )
        shared = busy("both", 60, serves=frozenset({"retail", "instant"}))
        helped = replace(own, counters=(*own.counters, shared))
        assert at_least(promised(NEW, own), promised(NEW, helped))

    def test_counters_with_types_of_their_own_each_are_all_weighed(self) -> None:
        types = [frozenset({"retail", f"type {n}"}) for n in range(6)]
        others = [each for n in range(6) for each in waiting(n, customer_type=f"type {n}")]
        now = replace(
            facts(ahead=12, counters=0),
            counters=tuple(busy(str(n), 60, serves=t) for n, t in enumerate(types)),
        )
        crowded = replace(now, waiting=(*now.waiting, *others))
        assert at_least(promised(NEW, crowded), promised(NEW, now))
        assert (
            promised(NEW, crowded).median_s < promised(NEW, replace(now, counters=now.counters[:1])).median_s
        )

    def test_those_who_will_overtake_are_counted(self) -> None:
        days = [past_day(NOON - timedelta(days=d), service_s=150, head_start_s=900) for d in range(9, 0, -1)]
        model = learn(History(days=tuple(days)), now=NOON)
        now = facts(ahead=10, counters=1)
        none_come = replace(model, overtaking=())
        assert promised(model, now).median_s > promised(none_come, now).median_s


class TestScore:
    def test_inside_outside_and_sum(self) -> None:
        promise = WaitRange(low_s=60, median_s=120, high_s=300)
        assert score(promise, 60)
        assert not score(promise, 59)
        assert not score(promise, 301)
        total = scores([(promise, 100.0), (promise, 400.0)])
        assert total is not None
        assert (total.waits, total.share_inside, total.mae_s) == (2, 0.5, 150.0)
        assert scores([]) is None
