"""Bytes that break readers of markup."""

from hypothesis import strategies as st


def broken(pieces: str) -> st.SearchStrategy[bytes]:
    """Any bytes, and pieces of markup (separated by blanks; `_` is a blank inside one) in any order with any text."""
    markup = [piece.replace("_", " ") for piece in pieces.split()]
    texts = st.lists(st.sampled_from([*markup, "\0", "\ufffe", "\x1f\x8b"]) | st.text(max_size=8)).map("".join)
    return st.binary(max_size=400) | texts.map(lambda text: text.encode("utf-8", "replace"))
