"""The kernel: resolved, typed, and closed. Every interpreter reads these nodes and no others."""
