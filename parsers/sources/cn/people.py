"""人民网, http://www.people.cn. Layout verified on a saved page from 2024-04."""

from collections.abc import Sequence

from parsers.fields.bylines import split_names
from parsers.page.page import Page
from parsers.source.definition import Layout, Source


def _editors(page: Page) -> Sequence[str]:
    """The editors, who are named below the text: `(责编：张三、李四)`."""
    return split_names((page.text(".edit") or "").strip("()").partition("：")[2])


SOURCE = Source(
    name="people",
    title="人民网",
    hosts=("people.com.cn", "people.cn"),
    language="zh",
    timezone="Asia/Shanghai",
    layouts=(Layout("2024-04", body=".rm_txt_con", drop=".edit, .paper_num", authors=_editors),),
    generic=True,
)
