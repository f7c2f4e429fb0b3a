"""Adapters: storage, archives, the lake, HTTP. Never imports flows or Prefect; imports run flows -> infra -> parsers."""
