"""What names of files say. They are hints: content that is a page, a table or an archive is read whatever its name."""

import re
from typing import Final

MANIFEST_NAMES: Final = ("manifest.jsonl", "cases.jsonl")  # taken unasked from the folder of a file, in this order
# What stands beside pages and is none: notes, tables, indexes, and the parts that browsers and wget save with a page.
NO_PAGE: Final = re.compile(
    r"(?:^|/)(?:\.[^/]*|readme[^/]*|licen[cs]e[^/]*|robots\.txt|thumbs\.db|[^/]*\.(?:jsonl?|csv|tsv|md|rst|pdf|ya?ml|toml"
    r"|xml|log|parquet|cdxj?|idx|sha\d+|md5|py|sh|js|mjs|css|map|woff2?|ttf|png|jpe?g|gif|webp|avif|svg|ico|mp[34]|webm"
    r"|download)(?:\.gz)?)(?:[?@][^/]*)?$",
    re.IGNORECASE,
)
HIDDEN: Final = re.compile(r"(?:^|/)(?:\.(?!\./)|__MACOSX/)")  # `..` hides nothing: what it leads to is refused


def is_page_name(name: str) -> bool:
    """Whether a file of this name may be a page if its content is text."""
    return not NO_PAGE.search(name)


def is_hidden(path: str) -> bool:
    """Whether a file or one of its folders, relative to what was named, is hidden."""
    return HIDDEN.search(path) is not None
