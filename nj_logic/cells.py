"""Cells: the bounds of a law's ladders cut the amounts into finitely many cells.

Amounts are exact decimals and may exceed what the engines count; so an amount enters a program only as the number of its cell,
and the law speaks of cells. Cell 0 lies below every bound.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple


class Rung(NamedTuple):
    """One rung of a ladder: the amounts (in yuan) from *low* to *high*; None is unbounded."""

    ladder: str
    name: str
    low: Decimal | None
    low_included: bool
    high: Decimal | None
    high_included: bool


Cut = tuple[Decimal, int]
"""A place between two amounts: just before the amount (0) or just after it (1)."""


class Cells:
    """The cells of a set of rungs.

    Args:
        rungs: all rungs of all ladders.
    """

    def __init__(self, rungs: Iterable[Rung]) -> None:
        self.rungs = tuple(rungs)
        cuts = {cut for rung in self.rungs for cut in (_low(rung), _high(rung)) if cut is not None}
        self.cuts: tuple[Cut, ...] = tuple(sorted(cuts))

    def __len__(self) -> int:
        return len(self.cuts) + 1

    @property
    def inhabited(self) -> range:
        """The numbers of the cells in which some amount lies: an amount is more than nothing."""
        return range(bisect_right(self.cuts, (Decimal(0), 1)), len(self))

    def index(self, amount: Decimal) -> int:
        """The number of the cell in which *amount* (yuan) lies."""
        return bisect_right(
            self.cuts, (amount, Decimal("0.5"))
        )  # after the cut before the amount, before the cut after it

    def spans(self, rung: Rung) -> range:
        """The numbers of the cells that *rung* spans."""
        low, high = _low(rung), _high(rung)
        first = 0 if low is None else self.cuts.index(low) + 1
        last = len(self) if high is None else self.cuts.index(high) + 1
        return range(first, last)

    def bounds(self, index: int) -> tuple[Cut | None, Cut | None]:
        """The cuts below and above cell *index*."""
        low = self.cuts[index - 1] if index > 0 else None
        high = self.cuts[index] if index < len(self.cuts) else None
        return low, high


def _low(rung: Rung) -> Cut | None:
    return None if rung.low is None else (rung.low, 0 if rung.low_included else 1)


def _high(rung: Rung) -> Cut | None:
    return None if rung.high is None else (rung.high, 1 if rung.high_included else 0)
