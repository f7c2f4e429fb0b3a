"""What sites that run on one publishing system have in common, to begin a source with."""

from typing import Final

from parsers.source.definition import Layout

WORDPRESS: Final = Layout(
    "wordpress",
    body="article .entry-content, article .post-content, .post-content, [itemprop=articleBody]",
    drop=".sharedaddy, .jp-relatedposts, .wp-block-buttons, #comments, .comments-area, .newsletter-signup, .author-bio,"
    " .author-box, .share, .share-buttons, .post-navigation",
    headings="p > strong, p > b",
    byline="a[rel=author], .author-name, .entry-meta .author a",
)
