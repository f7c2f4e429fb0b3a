"""Making sources: what a site has to offer, and the saved pages that a source is tested on."""
