"""Tables of many units: their columns checked, read as frames and written as scores; polars and pyarrow end here."""
