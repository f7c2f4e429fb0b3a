"""The raw archive: every page as it came, in WARC files with an index."""
