"""The fast reading of the kernel: scores without a trace, by plain Python over integers."""
