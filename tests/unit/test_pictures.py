"""Pictures of a page: which address, caption and credit, and each picture once."""

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.page.html import Tree, select
from parsers.page.page import Page
from parsers.reading.frames import find_frames, part_credit, without_label
from parsers.reading.pictures import read_pictures
from parsers.record.article import Image
from parsers.source.definition import Layout
from tests.captures import html_capture
from tests.tables import table

TABLE = table("pictures")

URL = "https://news.example/2024/story.html"
SITE = "https://news.example"
CREDIT = re.compile(r"\(([^()]+)\)$")


def pictures(body: str, head: str = "", text_in: str = "main", **layout: Any) -> tuple[Image, ...]:
    """The pictures of a page, and of the text in it."""
    text = f"<html><head>{head}</head><body>{body}</body></html>"
    tree = Tree(text)
    page = Page.of(html_capture(text, url=URL), tree, "UTC")
    of, containers = Layout("x", body=text_in, **layout), select(tree, text_in)
    return read_pictures(page, of, containers, find_frames(page, of, containers))[0]


def figure(inside: str) -> str:
    return f"<main><figure>{inside}</figure></main>"


def og(**content: str) -> str:
    return "".join(f'<meta property="og:{name.replace("_", ":")}" content="{text}">' for name, text in content.items())


@pytest.mark.parametrize(("inside", "address"), TABLE["addresses"].items())
def test_address_is_the_best_that_the_picture_offers(inside: str, address: str) -> None:
    assert [image.url for image in pictures(figure(inside))] == [SITE + address]


@pytest.mark.parametrize(("inside", "layout", "caption", "credit"), TABLE["captions"])
def test_captions_and_credits(inside: str, layout: dict[str, Any], caption: str, credit: str) -> None:
    said: dict[str, Any] = {name: CREDIT if value == "in brackets" else value for name, value in layout.items()}
    (image,) = pictures(figure(f'<img src="/a.jpg">{inside}'), **said)
    assert image == Image(f"{SITE}/a.jpg", caption or None, credit or None)


@pytest.mark.parametrize(("stated", "name"), TABLE["credits"].items())
def test_credit_is_a_name(stated: str, name: str) -> None:
    found = pictures(figure(f'<img src="/a.jpg"><small>{stated}</small>'), credit="small")
    assert [image.credit for image in found] == [name or None]


@pytest.mark.parametrize(("one", "other"), TABLE["sizes"].items())
def test_picture_in_several_sizes_appears_once(one: str, other: str) -> None:
    caption = "<figcaption>A weir</figcaption>"
    body = f'<main><figure><img src="{one}"></figure><figure><img src="{other}">{caption}</figure>'
    found = pictures(body, og(image=other))
    assert [(image.url.endswith(one.rpartition("/")[2]), image.caption) for image in found] == [(True, "A weir")]


@pytest.mark.parametrize(
    "inside",
    [
        *("<img>", "<img src=' '>", "<img srcset=', '>", "<img src=//[>", '<img src="data:image/gif;base64,R0l">'),
        *('<img src="/img/blank.gif">', '<img src="javascript:x()">', '<video><source src="/a.mp4"></video>'),
    ],
)
def test_what_shows_nothing_is_no_picture(inside: str) -> None:
    assert pictures(figure(f"{inside}<figcaption>Caption</figcaption>")) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [("/IMG_1234.jpg", "/IMG_1235.jpg"), ("/?url=https%3A%2F%2Fa.example%2F1", "/?url=https%3A%2F%2Fa.example%2F2")],
)
def test_pictures_with_similar_addresses_stay_two(one: str, other: str) -> None:
    body = f'<main><figure><img src="{one}"></figure><figure><img src="{other}"></figure></main>'
    assert [image.url for image in pictures(body)] == [SITE + one, SITE + other]


def test_gallery_has_a_picture_for_each_caption() -> None:
    slide = '<img src="/{0}.jpg"><figcaption>Weir {0}<i>{0} Roe</i></figcaption>'
    expected = tuple(Image(f"{SITE}/{name}.jpg", f"Weir {name}", f"{name} Roe") for name in ("Al", "Bo"))
    assert pictures(figure(slide.format("Al") + slide.format("Bo")), credit="i") == expected
    captions = "<figcaption>Al</figcaption><figcaption>Bo</figcaption>"
    sizes = f'<img src="/Al-100x100.jpg"><img src="/Al-900x900.jpg">{captions}'
    assert pictures(figure(sizes)) == (Image(f"{SITE}/Al-100x100.jpg", "Al Bo"),)
    nested = "<figure><img src=/Al.jpg></figure><figure><img src=/Bo.jpg></figure><figcaption>Both</figcaption>"
    assert pictures(figure(nested)) == (Image(f"{SITE}/Al.jpg"), Image(f"{SITE}/Bo.jpg"))


@pytest.mark.parametrize(
    ("leading", "layout", "names"),
    [
        ("/og.jpg", {}, ["og", "in"]),
        ("/og.jpg", {"figures": "body > figure"}, ["hero"]),
        ("/og.jpg", {"figures": ".none"}, ["og"]),
    ],
)
def test_leading_picture_is_first_unless_a_layout_has_one(
    leading: str, layout: dict[str, Any], names: list[str]
) -> None:
    body = "<figure><img src=/hero.jpg></figure><main><figure><img src=/in.jpg></figure></main>"
    found = pictures(body, og(image=leading), **layout)
    assert [image.url for image in found] == [f"{SITE}/{name}.jpg" for name in names]


@pytest.mark.parametrize(
    "address", ["/static/site-logo-white.jpg", "/x/?url=https%3A%2F%2Fa.example%2FDefault_share.png"]
)
def test_leading_picture_that_is_the_sites_logo_is_none(address: str) -> None:
    assert pictures("<main></main>", og(image=address)) == ()


def test_leading_picture_has_the_caption_and_credit_that_metadata_state() -> None:
    head = '<script type="application/ld+json">[{"@type": "NewsArticle", "image": [{"@id": "#i"}]}, {"@id": "#i", '
    head += '"contentUrl": "/a.jpg?x&amp;y", "caption": "A weir", "creditText": "© Jo"}]</script>'
    assert pictures("<main></main>", head) == (Image(f"{SITE}/a.jpg?x&y", "A weir", "Jo"),)


def test_caption_without_a_picture_is_that_of_the_leading_one() -> None:
    caption = "<div class=c>A weir</div>"
    layout = {"figures": "figure, .c", "caption": "figcaption, .c"}
    expected = (Image(f"{SITE}/a.jpg?big", "A weir"),)
    assert pictures(caption, og(image="/a.jpg?big"), **layout) == expected
    shown = "<figure><img src=/a.jpg?small></figure>"
    assert pictures(shown + caption, og(image="/a.jpg?big"), **layout) == (Image(f"{SITE}/a.jpg?small", "A weir"),)
    assert pictures(caption, **layout) == ()


@pytest.mark.parametrize(
    ("above", "shown"),
    [
        ("<figure><img src=/a-90x90.jpg>{}</figure>", Image(f"{SITE}/a.jpg", "A weir", "Jo")),  # another size of it
        ("<header><figure><img src=/b.jpg>{}</figure></header>", Image(f"{SITE}/b.jpg", "A weir", "Jo")),
        ("<figure>{}</figure><p>", Image(f"{SITE}/a.jpg", "A weir", "Jo")),  # a script loads it
        ("<figure><img src=/b.jpg></figure>", Image(f"{SITE}/a.jpg")),  # it says no more
        ("<aside><figure><img src=/b.jpg>{}</figure></aside>", Image(f"{SITE}/a.jpg")),
        ("</article><figure><img src=/b.jpg>{}</figure><article>", Image(f"{SITE}/a.jpg")),
    ],
)
def test_figure_above_the_text_is_the_leading_picture(above: str, shown: Image) -> None:
    body = f"<article>{above.format('<figcaption>A weir. Photo: Jo</figcaption>')}<div><p class=x>Text</div></article>"
    caption = {"caption": "figcaption", "credit": re.compile(r"[.] Photo: (.+)")}
    assert pictures(body, og(image="/a.jpg"), text_in=".x", **caption) == (shown,)
    assert pictures(body, og(image="/c.jpg", image_alt="A lake. Photo: Di"), text_in=".x", **caption) == (
        Image(f"{SITE}/c.jpg", "A lake", "Di"),
    )


def test_maker_of_a_stated_picture_is_no_name_of_the_site() -> None:
    stated = '<script type="application/ld+json">{"@type": "NewsArticle", "image": {"url": "/a.jpg", %s}}</script>'
    site = '<meta property=og:site_name content="The Harbour">'
    for maker, credit in (('"author": {"name": "© Jo"}', "Jo"), ('"author": "The Harbour"', None)):
        assert pictures("<main></main>", site + stated % maker) == (Image(f"{SITE}/a.jpg", None, credit),)
    both = '"author": "The Harbour", "copyrightHolder": "Jo/AP"'
    assert pictures("<main></main>", site + stated % both) == (Image(f"{SITE}/a.jpg", None, "Jo/AP"),)


def test_pictures_of_boxes_that_are_dropped_are_none_of_the_article() -> None:
    picture = "<figure{}><img src=/{}.jpg></figure>"
    boxes = f"<aside>{picture.format('', 1)}</aside><div class=promo>{picture.format('', 2)}</div>"
    boxes += f"<a class=more>{picture.format('', 3)}</a>{picture.format(' class=promo', 4)}"
    found = pictures(f"<main>{boxes}{picture.format('', 'in')}</main>", drop=".promo", related=".more")
    assert [image.url for image in found] == [f"{SITE}/in.jpg"]


@pytest.mark.parametrize(
    "frame",
    [
        "<div><img src=/a.jpg><p class=caption>A weir</p><p>{}</p></div>",  # a part of the story
        "<div><figure><img src=/a.jpg></figure><figure><img src=/b.jpg></figure><p class=caption>Both</p></div>",
        "<div><img src=/a.jpg></div><div><div><div><div><p class=caption>A weir</p></div></div></div></div>",
        "<div><img src=/a.jpg>" + "<i></i>" * 200 + "<p class=caption>A weir</p></div>",
    ],
)
def test_caption_that_stands_beside_more_than_a_picture_describes_none(frame: str) -> None:
    assert all(image.caption is None for image in pictures(f"<main>{frame.format('Long text. ' * 20)}</main>"))


def test_a_page_without_figures_and_leading_picture_has_the_images_of_its_text() -> None:
    signs = "<img src=/mail.svg><img src=/a/avatar.png><img src=/x.png width=40><img src=/y.png class=share-button>"
    beside = "<aside><img src=/other.jpg></aside>"
    shown = "<p><img src=/a.jpg>Text.</p><div><a href=/big><img src=/silicon/silicon.jpg></a></div>"
    text = f"<main>{signs}{beside}{shown}</main>"
    assert pictures(text) == (Image(f"{SITE}/a.jpg"), Image(f"{SITE}/silicon/silicon.jpg"))
    assert pictures(text, og(image="/lead.jpg")) == (Image(f"{SITE}/lead.jpg"),)


def test_captions_made_to_hurt_take_linear_time() -> None:
    began = time.process_time()
    nested = "<div><img src=/a.jpg><p class=caption>A.</p>" * 5_000
    beside = "<div><img src=/a.jpg>" + "<p class=caption>A.</p>" * 10_000 + "</div>"
    for hostile in (nested, beside, figure("<cite class=caption>A." * 10_000), "<figure class=caption>" * 10_000):
        pictures(f"<main>{hostile}</main>")
    for text in ("A." * 50_000, "A/" * 50_000, ". " * 50_000, ".A (" * 25_000):
        part_credit(text, None)
    assert time.process_time() - began < 10  # measured: 0.8 s


@given(st.text("a,. 19wxh%/:;\n", max_size=60), st.text("a.-_x19/?=:%,", max_size=60))
def test_no_address_makes_reading_raise(srcset: str, src: str) -> None:
    found = pictures(figure(f'<img srcset="{srcset}" src="{src}">'), og(image=src))
    assert all(image.url.startswith(("http://", "https://")) for image in found)
    assert len({image.url for image in found}) == len(found)


def test_hostile_srcset_takes_linear_time() -> None:
    began = time.process_time()
    for text in ("a" * 10**6, " " * 10**6, "a " + "1" * 10**6, "a 1." * 10**5, "," * 10**6):
        assert len(pictures(figure(f'<img src="/a.jpg" srcset="{text}">'))) <= 1
    assert time.process_time() - began < 10  # measured: 0.2 s


BOATS = "Boats in the harbour of Ellen."


@pytest.mark.parametrize(("end", "credit"), table("credits").items())
def test_usual_credits_are_parted_from_captions(end: str, credit: str) -> None:
    assert part_credit(BOATS + end, None) == ((BOATS, credit) if credit else (BOATS + end, None))


@pytest.mark.parametrize("credit", ["Bild © Jana Reh", "Foto: © Jana Reh", "(Photo by Jana Reh)", "© Jana Reh"])
def test_words_before_the_name_are_no_part_of_a_credit(credit: str) -> None:
    assert without_label(credit) == "Jana Reh"
