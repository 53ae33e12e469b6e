"""One canonical form of a rule file: same meaning, comments kept, tables of bands aligned by display width."""
