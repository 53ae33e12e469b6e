"""What was written: the tree of a rule file, with every place and comment kept and nothing resolved."""
