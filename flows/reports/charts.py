"""Pictures of the lake: its grid, and articles per day. PNG, for artifacts of Prefect's UI and for files.

Matplotlib and Pillow, which it needs, are imported by the functions that draw: that takes half a second, and most
commands draw nothing.
"""

from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from flows.reports.grid import MEANINGS, SIGNS
from infra.lake.day_states import Day, State
from parsers.record.article import NULL_PARTITION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette, which people with any colour vision can tell apart; each cell has its sign besides.
COLOURS: Final[Mapping[State, str]] = {
    State.LANDED: "#009E73",
    State.EMPTY: "#BFE3D6",
    State.REJECTS: "#F0E442",
    State.OUTDATED: "#56B4E9",
    State.SUSPECT: "#D55E00",
    State.PARTIAL: "#CC79A7",
    State.DAMAGED: "#000000",
    State.MISSING: "#EEEEEE",
}
ON_DARK: Final = {State.LANDED, State.SUSPECT, State.DAMAGED, State.PARTIAL}  # states whose sign is white
ARTICLES: Final = "#0072B2"
HATCHED: Final[Mapping[str, Any]] = {
    "color": "white", "edgecolor": "#E69F00", "hatch": "////", "width": 0.8, "linewidth": 0.8
}  # fmt: skip
BAND_DAYS: Final = 31  # columns of the grid: a cell is wide enough for its sign
MAX_LINES: Final = 44  # of the grid's picture, the latest bands: a month of 42 sources
BAND_HEAD: Final = 2.0  # lines above a band: months, days, some room
LEGEND_LINES: Final = 3.0
PALETTE: Final = 64  # colours of a picture: those of the states, and their shades at the edges of letters
COLUMN: Final = 0.9  # width of a column, in cells
LETTER: Final = 0.38  # width of a letter of 8 points, in cells
NO_ROOM: Final = 26  # a month's name that begins on this day or later would touch the next one's
MAX_SOURCES: Final = 12  # of the picture of articles per day: the busiest
MIN_BARS: Final = 21  # that the axis has room for: those of three days would be as wide as posters
MAX_DAYS: Final = 92  # of the picture of articles per day, the latest: bars stay apart
WIDTH: Final = 6.4  # inches: Prefect's page shows 580 pixels, so that letters of 8 points come out as large as its own
SIGN_POINTS: Final = 7  # height of the signs in the cells
DPI: Final = 160  # sharp on displays that have two dots a pixel, or where the picture is opened by itself
CELL: Final = 0.18  # inches


def grid_png(days: Sequence[Day]) -> bytes:
    """The grid as a picture: a line a source, a column a day, bands of 31 days below one another, the latest first.

    Args:
        days: from `DayStates.grid`; those without a date are left out, and early ones where there are too many.

    Returns:
        PNG, or nothing where there is no day.
    """
    dated = [day for day in days if day.date != NULL_PARTITION]
    if not dated:
        return b""
    sources = sorted({day.source for day in dated})
    height = len(sources) + BAND_HEAD
    bands = _bands(dated)[: max(1, int(MAX_LINES // height))]
    states = {(day.source, day.date): day.state for day in dated}
    corners: defaultdict[State, list[tuple[float, float]]] = defaultdict(list)
    lines = len(bands) * height + LEGEND_LINES
    figure = _figure(lines * CELL)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH / CELL), ylim=(lines, 0))
    axes.axis("off")
    left = min(9.0, max(map(len, sources)) * LETTER + 0.5)
    for number, band in enumerate(bands):
        top = number * height + BAND_HEAD - 0.3
        _ruler(axes, band, left, top)
        for row, source in enumerate(sources):
            axes.text(left - 0.3, top + row + 0.5, source, ha="right", va="center", fontsize=8)
            for column, day in enumerate(band):
                if state := states.get((source, day.isoformat())):
                    corners[state].append((left + column * COLUMN, top + row))
    for state, places in corners.items():
        _cells(axes, state, places)
    _legend(axes, set(corners), left, lines - LEGEND_LINES + 0.4)
    return _png(figure)


def articles_png(days: Sequence[Day], turned_down: Mapping[tuple[str, str], int]) -> bytes:
    """Articles per day as bars, one strip a source; on top those that were rejected, and a sign where a day is suspect.

    Args:
        days: from `DayStates.grid`; those without a date are left out.
        turned_down: captures that gave no article, by (source, day).

    Returns:
        PNG, or nothing where there is nothing to show.
    """
    by_source: defaultdict[str, list[Day]] = defaultdict(list)
    dated = [day for day in days if day.date != NULL_PARTITION]
    shown = sorted({day.date for day in dated})[-MAX_DAYS:]
    for day in dated:
        if day.date in shown:
            by_source[day.source].append(day)
    busiest = sorted(by_source, key=lambda name: (-sum(day.articles for day in by_source[name]), name))[:MAX_SOURCES]
    if not any(day.articles or day.suspect for name in busiest for day in by_source[name]):
        return b""
    figure = _figure(0.65 * len(busiest) + 0.6)
    strips = figure.subplots(len(busiest), 1, sharex=True, squeeze=False)
    for axes, name in zip(strips[:, 0], sorted(busiest), strict=True):
        _strip(axes, name, shown, by_source[name], turned_down)
    strips[-1, 0].set_xticks(*_ticks(shown), fontsize=7)
    strips[0, 0].set_title("articles per publication day (UTC)   ▨ rejected   ▣ suspect", fontsize=8, loc="left")
    figure.tight_layout(pad=0.6, h_pad=0.3)
    return _png(figure)


def markdown_image(png: bytes, alternative: str) -> str:
    """A picture within Markdown, where there is one.

    Args:
        png: the picture; empty: none.
        alternative: what it shows, for those who can't see it.
    """
    return f"![{alternative}](data:image/png;base64,{b64encode(png).decode()})" if png else ""


def _figure(height: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")


def _png(figure: "Figure") -> bytes:
    from PIL import Image

    drawn, written = BytesIO(), BytesIO()
    figure.savefig(drawn, format="png")
    picture = Image.open(drawn).convert("RGB")
    # A palette, since these pictures have few colours: a quarter of the bytes.
    picture.quantize(PALETTE, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


def _bands(days: Sequence[Day]) -> list[list[date]]:
    """All days from the first to the last, in bands of 31, the latest first."""
    first, last = (date.fromisoformat(pick(day.date for day in days)) for pick in (min, max))
    bands = []
    while last >= first:
        start = max(first, last - timedelta(days=BAND_DAYS - 1))
        bands.append([start + timedelta(days=number) for number in range((last - start).days + 1)])
        last = start - timedelta(days=1)
    return bands


def _ruler(axes: "Axes", band: Sequence[date], left: float, top: float) -> None:
    for column, day in enumerate(band):
        x = left + column * COLUMN
        axes.text(x + COLUMN / 2, top - 0.45, f"{day:%d}", ha="center", va="center", fontsize=5.5, color="#555555")
        if day.day == 1 or (column == 0 and day.day < NO_ROOM):
            axes.text(x, top - 1.2, f"{day:%b %Y}", ha="left", va="center", fontsize=6.5, weight="bold")


def _cells(axes: "Axes", state: State, corners: Sequence[tuple[float, float]]) -> None:
    """Cells of one state, with their signs; drawn at once, since a text object a cell takes seconds."""
    from matplotlib.collections import PatchCollection, PathCollection
    from matplotlib.patches import Rectangle
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D, IdentityTransform

    squares = [Rectangle((x + 0.03, y + 0.06), COLUMN - 0.06, 0.88) for x, y in corners]
    axes.add_collection(PatchCollection(squares, facecolor=COLOURS[state], linewidth=0))
    text = TextPath((0, 0), SIGNS[state][0], size=SIGN_POINTS)
    box = text.get_extents()
    sign = text.transformed(Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2).scale(DPI / 72))
    middles = [(x + COLUMN / 2, y + 0.5) for x, y in corners]
    ink = "white" if state in ON_DARK else "#333333"
    drawn = PathCollection(
        [sign], offsets=middles, offset_transform=axes.transData, facecolor=ink, edgecolor=ink, linewidth=0.3
    )
    drawn.set_transform(IdentityTransform())
    drawn.set_snap(False)  # else thin strokes of some signs vanish between two dots
    axes.add_collection(drawn)


def _legend(axes: "Axes", states: set[State], left: float, y: float) -> None:
    x = left
    for state in (state for state in MEANINGS if state in states):
        width = 1.8 + LETTER * len(MEANINGS[state])
        if x + width > WIDTH / CELL:
            x, y = left, y + 1.1
        _cells(axes, state, [(x, y)])
        axes.text(x + COLUMN + 0.2, y + 0.5, MEANINGS[state], ha="left", va="center", fontsize=7, color="#333333")
        x += width


def _strip(
    axes: "Axes", name: str, shown: Sequence[str], days: Sequence[Day], turned_down: Mapping[tuple[str, str], int]
) -> None:
    counts, suspect = {day.date: day.articles for day in days}, [day.date for day in days if day.suspect]
    articles = [counts.get(day, 0) for day in shown]
    rejected = [turned_down.get((name, day), 0) for day in shown]
    places = range(len(shown))
    axes.bar(places, articles, color=ARTICLES, width=0.8)
    for place in (place for place in places if rejected[place]):  # one of height 0 would leave a line
        axes.bar(place, rejected[place], bottom=articles[place], **HATCHED)
    top = max(1, *(sum(both) for both in zip(articles, rejected, strict=True)))
    for day in suspect:
        place = shown.index(day)
        axes.text(place, articles[place] + rejected[place], "▣", ha="center", va="bottom", color=COLOURS[State.SUSPECT])
    axes.set_ylim(0, top * 1.35)
    axes.set_yticks([0, top], ["0", f"{top:,}"], fontsize=7)
    axes.set_xlim(-0.6, max(len(shown), MIN_BARS) - 0.4)
    axes.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=2)


def _ticks(shown: Sequence[str]) -> tuple[list[int], list[str]]:
    """At most eight days along the axis: more would touch."""
    step = -(-max(len(shown), MIN_BARS) // 8)
    places = list(range(0, len(shown), step))
    return places, [f"{date.fromisoformat(shown[place]):%-d %b}" for place in places]
