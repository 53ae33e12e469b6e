"""Syntax to kernel: checking types and units is the lowering, so an unchecked tree cannot be evaluated."""
