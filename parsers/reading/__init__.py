"""From a page to an article: blocks, pictures, access, page kinds."""
