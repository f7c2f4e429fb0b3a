"""NTV, https://www.ntv.com.tr. Layouts verified on saved pages from 2024-04 and 2025-11."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="ntv_tr",
    title="NTV",
    hosts=("ntv.com.tr",),
    language="tr",
    timezone="Europe/Istanbul",
    layouts=(
        Layout(
            "2025-11",
            body="#contentBodyArea .ck-content",
            lead=".info-text-card h2",
            authors="meta[name=articleAuthor]",
        ),
        Layout(
            "2024-04",
            body=".content-news-tag-selector",
            lead=".category-detail-sub-title",
            drop=".detail-related-news",
            authors="meta[name=articleAuthor]",
            topics="meta[property='dmp:tags']",
        ),
    ),
    generic=True,
)
