"""Colour for rule files: one table of word classes, and the highlighters of editors and pages made from it."""
