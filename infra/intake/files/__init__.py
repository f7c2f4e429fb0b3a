"""Saved pages: paths, folders, zip files, manifests."""
