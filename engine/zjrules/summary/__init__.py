"""Many scored units as one summary: counted block by block, then told on a terminal, as JSON and as one HTML file."""
