"""Many units from files to files: read block by block, scored, kept block by block, and put together."""
