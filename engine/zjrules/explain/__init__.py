"""Traces in words: formulas with their numbers, reasons for lost points, findings."""
