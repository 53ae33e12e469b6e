"""The exact reading of the kernel: rationals, and sets of rationals where facts are missing."""
