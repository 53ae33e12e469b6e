"""How far a score is from being another one: breakpoints of one fact, all others staying as they are."""
