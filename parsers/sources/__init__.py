"""One file, one source. CONTRIBUTING.md shows how to add one.

Unless a file says otherwise, discovery follows public documentation and has not been tried against the live site.
"""
