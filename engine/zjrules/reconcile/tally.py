"""How many things were compared, and how it came out."""

from __future__ import annotations

from attrs import define


@define
class Summary:
    """Counts of what was found in each document and of the comparisons made."""

    stated: int = 0
    """Things recognised in the report."""
    handed: int = 0
    """Facts of the data table that have a value."""
    scored: int = 0
    """Rows of the score table that have a score."""
    passed: int = 0
    differing: int = 0
    open: int = 0
    """Comparisons that lack something: 不可核."""

    def count(self, result: bool | None) -> None:
        """Count one comparison: it holds, it does not, or it cannot be made."""
        if result is None:
            self.open += 1
        elif result:
            self.passed += 1
        else:
            self.differing += 1
