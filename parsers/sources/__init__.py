"""One file, one source. CONTRIBUTING.md shows how to add one.

Lists that `verified` does not name follow public documentation. No discovery has been tried against a live site.
"""
