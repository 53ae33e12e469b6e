"""The columnar reading of the kernel: many units at once, over scaled integers, equal to the exact engine."""
