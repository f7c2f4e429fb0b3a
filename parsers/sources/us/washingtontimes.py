"""The Washington Times, https://www.washingtontimes.com. Layouts verified on saved pages from 2023-04 and 2024-02."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="washingtontimes",
    title="The Washington Times",
    hosts=("washingtontimes.com",),
    language="en",
    timezone="America/New_York",
    layouts=(
        Layout(
            "2023-04",
            body=".bigtext",
            drop=".permission, #comment-policy, #comment-block, .connatixcontainer",
            lead=".page-subheadline",
        ),
    ),
    generic=True,
)
