"""What changed between two rule sets, by meaning: changes in sentences, any part of them made, what is proved the same."""
