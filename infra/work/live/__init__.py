"""A live day of a source: discover, fetch, archive, parse, land."""
