"""Scored units as spreadsheet formulas whose value is the engine's, in whole numbers below 10¹⁵."""
