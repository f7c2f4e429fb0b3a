"""The Parquet tables of the lake: schema, partitions, and landing as a join."""
