"""Articles of sites without a source: the story found by how dense its text is."""
