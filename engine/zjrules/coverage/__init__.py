"""Which clauses of a rule set its cases reach: read from their traces, nothing is evaluated for it."""
