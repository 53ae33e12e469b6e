"""What a report says, against the data table, the score table and the rule set."""
