"""Pure readers of feeds, sitemaps and listings."""
