"""What can be ingested: where inputs are found, and how archives, pages and manifests are read."""
