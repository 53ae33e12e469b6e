"""Text to syntax. Lark ends here."""
