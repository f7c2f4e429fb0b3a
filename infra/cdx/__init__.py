"""Web archives (Common Crawl, Wayback Machine) by their CDX index."""
