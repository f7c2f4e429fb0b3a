"""What runs do: ingest, a live day, reparse, backfill."""
