"""Sets of rationals: what a value may be while facts are missing."""
