"""The raw archive in detail: WARC records, their index, and what keeps the archive in shape."""
