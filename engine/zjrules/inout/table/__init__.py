"""Tables of many units: Parquet, CSV and Arrow files, read and written as columns."""
