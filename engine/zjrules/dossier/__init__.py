"""The dossier of a change of rules: both years over all units, who gains, who loses, and by which clause."""
