"""What was learned of one organization: small, frozen, and JSON for the store."""

import json
from dataclasses import asdict, dataclass

VERSION = 1
DEFAULT_OCCUPATION_S = 300.0
DEFAULT_VAIN_S = 60.0
BIN_S = 600.0
"""Shares still present are kept by ten minutes waited: silent leavers give up after 45 to 90."""


@dataclass(frozen=True, kw_only=True)
class Occupation:
    """How long a visitor of a type occupies a counter, in seconds, by the hour of the call.

    `residual_s[k]` is the mean time left after k half means.
    """

    by_hour_s: tuple[float, ...] = (DEFAULT_OCCUPATION_S,) * 24
    residual_s: tuple[float, ...] = (DEFAULT_OCCUPATION_S,) * 7
    mean_s: float = DEFAULT_OCCUPATION_S


@dataclass(frozen=True, kw_only=True)
class Overtaking:
    """Arrivals that carry a head start: they pass a newcomer who has less."""

    customer_type: str
    head_start_s: float
    per_hour: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Knot:
    """Where the raw prediction is `raw_s`, waits had these 5, 50 and 95 % quantiles."""

    raw_s: float
    low_s: float
    median_s: float
    high_s: float


@dataclass(frozen=True, kw_only=True)
class Model:
    """One organization's learned figures; the defaults are the cold start."""

    occupations: dict[str, Occupation]
    present: tuple[float, ...] = (0.95,) * 12
    vain_s: float = DEFAULT_VAIN_S
    overtaking: tuple[Overtaking, ...] = ()
    knots: tuple[Knot, ...] = ()

    def occupation(self, customer_type: str) -> Occupation:
        """The type's own figures, or the defaults."""
        return self.occupations.get(customer_type, Occupation())

    def to_json(self) -> str:
        """The model as versioned JSON."""
        return json.dumps({"version": VERSION, **asdict(self)}, sort_keys=True)

    @staticmethod
    def from_json(text: str) -> "Model":
        """Read what `to_json` wrote.

        Raises:
            ValueError: the version is another one; learn again.
        """
        data = json.loads(text)
        if data["version"] != VERSION:
            raise ValueError(f"estimate model of version {data['version']}, expected {VERSION}")
        return Model(
            occupations={
                key: Occupation(
                    by_hour_s=tuple(o["by_hour_s"]), residual_s=tuple(o["residual_s"]), mean_s=o["mean_s"]
                )
                for key, o in data["occupations"].items()
            },
            present=tuple(data["present"]),
            vain_s=data["vain_s"],
            overtaking=tuple(
                Overtaking(
                    customer_type=o["customer_type"],
                    head_start_s=o["head_start_s"],
                    per_hour=tuple(o["per_hour"]),
                )
                for o in data["overtaking"]
            ),
            knots=tuple(Knot(**knot) for knot in data["knots"]),
        )
