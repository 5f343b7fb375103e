"""What an admin may decide: the rules that need more than the settings themselves."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from server.domain.counters import Counter
from server.domain.errors import EditedMeanwhile, InvalidField
from shared.counters import CounterSettings
from shared.ids import TypeKey
from shared.organizations import OrganizationSettings
from shared.policy import CallingMode


def next_version(current: int, *, made_from: int, what: str) -> int:
    """The version after an edit.

    Args:
        current: the version that stands.
        made_from: the version that who edits had before them.
        what: what is edited ("counter"), for the refusal.

    Raises:
        EditedMeanwhile: somebody else's edit came between.
    """
    if made_from != current:
        raise EditedMeanwhile(what=what, version=current)
    return current + 1


def require_weights_of_levels(settings: OrganizationSettings) -> None:
    """Refuse a share of the calls for a level that no token can have.

    Where the calls are not shared, weights that were kept from then are nobody's business.

    Raises:
        InvalidField
    """
    unknown = sorted(set(settings.policy.ratio) - set(settings.priority_levels))
    if unknown and settings.policy.mode is CallingMode.RATIO:
        raise InvalidField(
            field="policy.ratio",
            sentence=f"The calls are shared with the level {unknown[0]}, which is none of the levels.",
            levels=list(settings.priority_levels),
        )


def nearest_level(priority: int, levels: Collection[int]) -> int:
    """The level that a token gets when its own was taken away: the nearest, of two the higher one."""
    return min(levels, key=lambda level: (abs(level - priority), -level))


def require_known_types(named: Iterable[str], known: Collection[str]) -> None:
    """Refuse customer types that the organization does not have.

    Raises:
        InvalidField
    """
    for key in named:
        if key not in known:
            raise InvalidField(
                field="customer_types", sentence=f"There is no customer type {key}.", customer_type=key
            )


def without_repeats(keys: Iterable[str]) -> tuple[TypeKey, ...]:
    """Each customer type once, in the order in which they were named."""
    return tuple(TypeKey(key) for key in dict.fromkeys(keys))


def configure_counter(counter: Counter, settings: CounterSettings, *, version: int) -> Counter:
    """A counter after an edit.

    Where it is open for a type that it may no longer serve, it goes on with the others that were chosen,
    and if none is left with all that it may: else it would stand open and call nobody.
    """
    allowed = without_repeats(settings.customer_types)
    return replace(
        counter,
        label=settings.label,
        name=settings.name,
        position=settings.position,
        customer_types=allowed,
        serves=tuple(key for key in counter.serves if not allowed or key in allowed),
        is_active=settings.is_active,
        version=version,
    )
