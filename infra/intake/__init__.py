"""Everything that yields captures: files, archives, web archives, live sites."""
