"""A sweep from the command line: its values read, its variants checked, and its outcome in the form that is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import click

from zjrules.batch.swept import Swept, Variant, swept
from zjrules.bulk.program import Bulk
from zjrules.cli import say
from zjrules.diag import Diagnostics
from zjrules.ruleset import RuleSet
from zjrules.summary import sweep
from zjrules.summary.sweep import Outcome


def variants_of(texts: Sequence[str], rules: RuleSet) -> tuple[tuple[Variant, ...], Diagnostics]:
    """Return the variants that are asked for, none where there is no sweep, and what the checks say of them."""
    if not texts:
        return (), ()
    # Reading values needs the language's parser, which no other batch does.
    from zjrules.batch.sweep import SweepError, axes
    from zjrules.batch.variants import variants

    try:
        found = axes(texts, rules.program)
        with say.busy("查各种取值"):
            return variants(rules, found)
    except SweepError as error:
        raise click.UsageError(str(error)) from error


def ready(first: Bulk, variants: tuple[Variant, ...]) -> Swept | None:
    """Return the variants made ready; None where there is no sweep."""
    return swept(first, variants, sweep.note) if variants else None


def outcomes(notes: Sequence[bytes]) -> list[Outcome]:
    """Return what a sweep came to: the rule set as it stands, then every variant."""
    return sweep.outcomes(notes)
