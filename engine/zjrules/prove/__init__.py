"""What holds of a rule set for all facts: the kernel as formulas, z3 to decide them, the exact engine to replay what it finds."""
