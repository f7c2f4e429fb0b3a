"""What a source file declares."""
