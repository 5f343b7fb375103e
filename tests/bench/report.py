"""One JSON line a measurement, and a table of all at the end."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(kw_only=True)
class Report:
    """The measurements of a run, printed as they come."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        measure: str,
        *,
        value: float,
        unit: str,
        reference: float,
        reference_is: str,
        ratio: float,
        goal: str,
        met: bool,
        **more: Any,
    ) -> None:
        """Print a measurement. Ratios last; absolute values are of this machine at this hour.

        Args:
            goal: in words, with `met` saying whether it was reached.
            more: what explains the figures.
        """
        line = {
            "measure": measure, "value": rounded(value), "unit": unit,
            "reference": rounded(reference), "reference_is": reference_is, "ratio": rounded(ratio),
            "goal": goal, "met": met, **_rounded(more), "cores": os.cpu_count(),
            "load_average": [round(load, 2) for load in os.getloadavg()],
        }  # fmt: skip
        self.lines.append(line)
        print(f"\n{json.dumps(line)}", flush=True)

    def table(self) -> list[str]:
        """The measurements in columns, for people."""
        rows = [("measure", "value", "reference", "ratio", "goal", "met")]
        for line in self.lines:
            value = f"{line['value']} {line['unit']}"
            met = "yes" if line["met"] else "NO"
            rows.append(
                (line["measure"], value, str(line["reference"]), str(line["ratio"]), line["goal"], met)
            )
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return rounded(value) if isinstance(value, float) else value


def rounded(value: float) -> float:
    """To three digits that mean something, and no fraction of a thousand."""
    return round(value) if abs(value) >= 1000 else float(f"{value:.3g}")


def spread(values: Sequence[float]) -> list[float]:
    """The lowest, the median and the highest of several rounds."""
    return [min(values), median(values), max(values)]
