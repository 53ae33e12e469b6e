"""zjrules: exact, explained scoring of yearly budget-performance self-evaluations, with rules written in Chinese."""
