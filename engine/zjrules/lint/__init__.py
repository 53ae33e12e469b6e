"""What a checked rule set says that its author hardly meant: findings beside those of the checker, never the same ones."""
