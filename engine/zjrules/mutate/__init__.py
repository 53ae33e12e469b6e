"""What the cases of a rule set would not notice: the term changed in one place, and who tells."""
