"""Adapters: storage, archives, the lake, HTTP. Never import flows or Prefect: imports run flows -> infra -> parsers."""
