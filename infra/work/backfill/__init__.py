"""Backfill: which days, in what order."""
