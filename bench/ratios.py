"""Paired measurements: what two things cost side by side, so that a busy machine slows both of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from statistics import median, quantiles

Timings = dict[str, list[float]]


@dataclass(frozen=True)
class Ratio:
    """Medians and quartiles of the ratios of pairs."""

    median: float
    low: float
    high: float
    pairs: int

    def __str__(self) -> str:
        return f"{_short(self.median)} ({_short(self.low)}–{_short(self.high)})"


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 20 else f"{number:.1f}" if number >= 3 else f"{number:.2f}"


def ratio(ours: list[float], theirs: list[float]) -> Ratio:
    """How many times ``theirs`` is in ``ours``, pair by pair; ValueError for no pairs."""
    found = [a / b for a, b in zip(ours, theirs, strict=False) if b]
    low, high = quartiles(found)
    return Ratio(median(found), low, high, len(found))


def quartiles(values: list[float]) -> tuple[float, float]:
    """The first and the third quartile; of one value, that value."""
    if len(values) < 2:
        return values[0], values[0]
    low, _middle, high = quantiles(values, n=4, method="inclusive")
    return low, high


def percentile(values: list[float], share: float) -> float:
    """The value that this share (0 to 1) of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def in_turn(
    parties: Mapping[str, Callable[[], object]],
    *,
    seconds: float,
    most: int = 200,
    least: int = 3,
) -> Timings:
    """Seconds that each party took, round by round, each round in another order.

    Ends after ``most`` rounds, or when the time is up and there were ``least``. One round before warms up; it counts
    only where it alone takes longer than the time there is, and ``least`` is one.
    """
    names = list(parties)
    warming: Timings = {name: [] for name in names}
    for name in names:
        start = time.perf_counter()
        parties[name]()
        warming[name].append(time.perf_counter() - start)
    if least == 1 and sum(taken for [taken] in warming.values()) > seconds:
        return warming
    timings: Timings = {name: [] for name in names}
    until = time.perf_counter() + seconds
    for number in range(most):
        if number >= least and time.perf_counter() > until:
            break
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            start = time.perf_counter()
            parties[name]()
            timings[name].append(time.perf_counter() - start)
    return timings


def described(timings: Timings) -> dict[str, dict[str, float]]:
    """Median, quartiles, p90 and p99 in milliseconds."""
    found = {}
    for name, values in timings.items():
        low, high = quartiles(values)
        numbers = {"median": median(values), "low": low, "high": high}
        numbers |= {"p90": percentile(values, 0.9), "p99": percentile(values, 0.99)}
        found[name] = {key: round(value * 1000, 3) for key, value in numbers.items()}
        found[name]["count"] = len(values)
    return found


def compared(timings: Timings, ours: str = "page") -> dict[str, dict[str, float]]:
    """The ratio of one party to each other one."""
    return {
        name: asdict(ratio(timings[ours], values))
        for name, values in timings.items()
        if name != ours
    }
