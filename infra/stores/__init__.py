"""Adapters of `infra.object_store`: a folder, S3, and a trial that writes beside a lake."""
