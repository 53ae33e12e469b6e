"""Workbooks: read in a limited child process, found by their labels, written whole."""
