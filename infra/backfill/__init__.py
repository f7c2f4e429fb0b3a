"""Which days are to be made right, and working through them."""
