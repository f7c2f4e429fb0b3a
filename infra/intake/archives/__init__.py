"""WARC, WET and ARC archives."""
