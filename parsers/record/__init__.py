"""What goes in and what comes out: capture, article, outcome."""
