"""What names of classes and ids say of an element: furniture of the page, the story, its standfirst, a headline.

Sites name things alike, in English even where their language is another; so words go further than selectors of layouts.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

# Flags of what names say; plain numbers, since an enum's operators cost more than all else here.
FURNITURE: Final = 1  # likely; not if most of the page's prose is inside
OVERLAY: Final = 2  # lies over the page or is written by its readers: surely not the story
ASIDE: Final = 4  # furniture that never holds the story, however much prose it has
STORY: Final = 8
LEAD: Final = 16
HEADLINE: Final = 32
MENU: Final = 64
TEASER: Final = 256  # the summary of a story, mostly of another one
BODY: Final = 128  # the text of the story, by microdata


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Anywhere in a name without its hyphens: `cookie-notice`, `ai_summary`.
_OVERLAY_NAMES: Final = _words("""
    cookie consent gdpr onetrust didomi popup popmake livefyre aisummary aiarticlesummary commentlist commentsection
    commentarea commentform commentthread commentwrap commentbody commenttext commentcontainer
""")
_OVERLAY_WORDS: Final = frozenset(_words("comments modal modals cli disqus"))
# The same of furniture. Each is long or odd enough not to be part of another word.
_FURNITURE_NAMES: Final = _words("""
    related recommend newsletter community sharing sharebar sharebutton sharelink sharetool sharedaddy social sidebar
    breadcrumb promo sponsor advert banner subscri popular trending mostread mostviewed outbrain taboola aboutauthor
    abouttheauthor biobox toolbar paginat navigat copyright similar readmore readalso readnext seealso morestories
    moreon morefrom morenews nextarticle prevarticle nextprev upnext postnav signup login register registration
    skiplink screenreader visuallyhidden overlay tooltip carousel caption credit gallery byline printonly timestamp
    disclaimer tagcloud taglist embed infobox factbox expandablebox persondetails mediainfo mediatext infotext
    bildunterschrift bildtext bildnachweis latest postpicker calltoaction mehrzum recirc pullquote relation keyword
    affiliate disclosure saboxplugin spende thirdparty kommentare kommentarmod kommentarcontent comentario siguenos
    leetambien tambien leggianche lireaussi czytajwiecej userinfo useraction pressofficer currentissue contexto
    featurebox appsection apppromo appdownload lightbox wrapperimage detailimg anonymous identityintro regwall
    imageinfo imagesource imagedesc imagebox imagewrap imageblock imageannotation imagemeta imgdesc imgbox imgwrap
    photoinfo photodesc photobox photowrap fotobox picbox picinfo picturebox crosslink
""")
_FURNITURE_WORDS: Final = frozenset(
    _words("""
    ad ads adv share shares tag tags topics keywords nav menu meta metadata postmeta label labels hidden footer tools
    links bio author authors autor autore autoren autorin auteur auteurs writer toc poll quiz hide follow sticky
    category categories authorship date posted published kicker eyebrow reply respond feedback crumb crumbs yarpp
    logo branding nocontent alert cta legend optin also visual pager rating ratings donate donation sr
""")
)
_FURNITURE_STARTS: Final = (
    "video",
    "audio",
    "speech",
    "widget",
    "teaser",
    "comment",
    "author",
    "advt",
    "postmeta",
    "entrymeta",
)
_NOT_FURNITURE: Final = ("articlewidget", "teasertext", "commentar")  # the text of a story on some sites
_ASIDE_NAMES: Final = _words("""
    related recommend newsletter mostread popular trending author autor teaser promo outbrain taboola similar more
    sponsor advert expandablebox infobox factbox
""")
_STORY_NAMES: Final = frozenset(
    first + last
    for first in _words("article story entry post news content main detail page text")
    for last in _words("body text content copy main")
) | frozenset(_words("bodycontent bodytext bodycopy richtext wysiwyg textbody prose"))
_LEAD_NAMES: Final = frozenset(
    _words("""
    lead lede dek deck intro introduction standfirst summary abstract excerpt chapo sapo vorspann anreisser ingress
    ingres manchet subtitle subhead subheadline subheading description sottotitolo occhiello bajada entradilla subline
    untertitel underrubrik perex zajawka sommario tagline teasertext
""")
)
_SITE: Final = "site"  # whose description is no standfirst
_MENU: Final = frozenset(_words("nav navbar navigation menu submenu dropdown"))
_HEADLINE_NAMES: Final = ("title", "headline", "heading", "h1")
# Beginnings and ends of names that tell a state or a theme, not what the element is: `has-sidebar`, `tag-sports`.
_STATES: Final = _words("""
    has- is- with- without- no- not- tag- category- post_tag- type- format- status- theme- menu- page- md- lg- sm- col-
    toc- toc_ template- single- field-label- node-promoted node-sticky overflow-
""")
_STATE_ENDS: Final = ("-enabled", "-disabled", "-open", "-opened", "-closed", "-allowed")
# hasCaption; `md:flex` and `w-[20em]` of Tailwind; `toc3`, where a table of contents leads to
_STATE: Final = re.compile(r"(?:has|is|with)[A-Z]|[^\s\[]*[\[:]|toc\d")
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|h1")
_LONGEST: Final = 40  # longer names are made of headlines
_REMEMBERED: Final = 1 << 15  # names; a site has some hundred


def names_say(names: str) -> int:
    """What classes and ids, separated by white space, say together."""
    said = 0
    for name in names.split():
        said |= _name_says(name)
    return said


@lru_cache(_REMEMBERED)
def _name_says(name: str) -> int:
    if len(name) > _LONGEST or name.startswith(_STATES) or name.endswith(_STATE_ENDS) or _STATE.match(name):
        return 0
    named = name.removeprefix("field--name-")  # as Drupal does
    words = [word.lower() for word in _WORD.findall(named.partition("--")[0])]
    if not words:
        return 0
    joined = "".join(words)
    pairs = [first + last for first, last in pairwise(words)]
    found = 0 if _MENU.isdisjoint(words) else MENU
    if _SITE not in words and not (_LEAD_NAMES.isdisjoint(words) and _LEAD_NAMES.isdisjoint(pairs)):
        found |= LEAD
    if "teaser" in joined:
        found |= TEASER
    if any(map(joined.__contains__, _HEADLINE_NAMES)):
        found |= HEADLINE
    if not _STORY_NAMES.isdisjoint(words) or not _STORY_NAMES.isdisjoint(pairs):
        found |= STORY
    if not _OVERLAY_WORDS.isdisjoint(words) or any(map(joined.__contains__, _OVERLAY_NAMES)):
        return found | OVERLAY
    if _is_furniture(words, joined) and not (words[-1] in _STORY_NAMES or (pairs and pairs[-1] in _STORY_NAMES)):
        found |= FURNITURE
        if any(map(joined.__contains__, _ASIDE_NAMES)):
            found |= ASIDE
    return found


def _is_furniture(words: list[str], joined: str) -> bool:
    if any(map(joined.__contains__, _NOT_FURNITURE)):
        return False
    if not _FURNITURE_WORDS.isdisjoint(words) or any(map(joined.__contains__, _FURNITURE_NAMES)):
        return True
    return any(word.startswith(_FURNITURE_STARTS) for word in words)
