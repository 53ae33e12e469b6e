"""Rule sets that amend another (沿用): from the files of both to one consolidated book."""
