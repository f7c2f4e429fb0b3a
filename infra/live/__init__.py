"""Live sites: what a source lists, what of it is archived, fetching the rest."""
