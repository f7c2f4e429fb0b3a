"""A page as parsers see it: decoded, parsed, with its metadata."""
