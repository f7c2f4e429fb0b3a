"""The tables: one Parquet object per source and day."""
