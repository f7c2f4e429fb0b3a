"""Keeping a lake in shape: verify, expire, repair, doctor."""
