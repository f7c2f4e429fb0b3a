"""Pictures of the lake: its grid, and articles per day. PNG, for Prefect's UI and for files.

Matplotlib is imported by the function that draws: it takes half a second, and most commands draw nothing.
"""

from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Final

from flows.reports.grid import LOOKS
from infra.lake.day_states import Day, State
from parsers.record.article import NULL_PARTITION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PLAIN: Final = {State.LANDED, State.MISSING}  # most cells: they speak without a sign
DARK: Final = {State.SUSPECT, State.DAMAGED, State.PARTIAL}  # states whose sign is white
BAND_DAYS: Final = 31  # columns of the grid: a cell is wide enough for its sign
MAX_LINES: Final = 44  # of the grid, the latest bands: a month of 42 sources
MAX_SOURCES: Final = 12  # in the picture of articles per day: the busiest
MAX_DAYS: Final = 92  # in the picture of articles per day, the latest: bars stay apart
WIDTH: Final = 6.4  # inches: Prefect's page shows 580 pixels, which makes letters of 8 points as large as its own
LINE: Final = 0.19  # inches of a source in the grid
DPI: Final = 130  # sharp on most displays; a month of three sources weighs 26 kB, a quarter of ten 100 kB


def grid_png(days: Sequence[Day]) -> bytes:
    """Draw a line a source and a column a day, in bands of 31 days, the latest first; empty without dated days."""
    states = {(day.source, day.date): day.state for day in days if day.date != NULL_PARTITION}
    if not states:
        return b""
    sources = sorted({source for source, _ in states})
    first, last = (date.fromisoformat(pick(day for _, day in states)) for pick in (min, max))
    length = (last - first).days + 1
    bands = min(-(-length // BAND_DAYS), max(1, MAX_LINES // (len(sources) + 2)))
    figure = _figure((len(sources) + 2.4) * LINE * bands + 0.5)
    for number, axes in enumerate(figure.subplots(bands, 1, squeeze=False)[:, 0]):
        end = last - timedelta(days=BAND_DAYS * number)
        start = max(first, end - timedelta(days=BAND_DAYS - 1))
        shown = [start + timedelta(days=offset) for offset in range((end - start).days + 1)]
        places = defaultdict(list)
        for row, source in enumerate(sources):
            for column, day in enumerate(shown):
                if state := states.get((source, day.isoformat())):
                    places[state].append((column, row))
        for state, cells in places.items():
            x, y = zip(*cells, strict=True)
            axes.scatter(x, y, s=86, marker="s", color=LOOKS[state].colour, linewidth=0)
            if state not in PLAIN:
                ink = "white" if state in DARK else "#333333"
                axes.scatter(x, y, s=26, marker=f"${LOOKS[state].sign}$", color=ink, linewidth=0)
        axes.set(xlim=(-0.6, BAND_DAYS - 0.4), ylim=(len(sources) - 0.5, -0.6))
        axes.set_yticks(range(len(sources)), sources, fontsize=8)
        named = [f"{day:%-d}" + (f"\n{day:%b %Y}" if day.day == 1 or day == start else "") for day in shown]
        axes.set_xticks(range(len(shown)), named, fontsize=5.5)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    _legend(figure, set(states.values()))
    return _png(figure)


def articles_png(days: Sequence[Day], turned_down: Mapping[tuple[str, str], int]) -> bytes:
    """Draw articles per day, a strip a source; rejected captures on top, and a sign on days that are suspect."""
    dated = [day for day in days if day.date != NULL_PARTITION]
    shown = sorted({day.date for day in dated})[-MAX_DAYS:]
    of_source: defaultdict[str, dict[str, Day]] = defaultdict(dict)
    total = Counter[str]()
    for day in dated:
        of_source[day.source][day.date] = day
        total[day.source] += day.articles if day.date in shown else 0
    if not any(total.values()) and not any(day.suspect for day in dated):
        return b""
    busiest = sorted(sorted(total, key=lambda name: (-total[name], name))[:MAX_SOURCES])
    figure = _figure(0.65 * len(busiest) + 0.6)
    strips = figure.subplots(len(busiest), 1, sharex=True, squeeze=False)[:, 0]
    for axes, name in zip(strips, busiest, strict=True):
        found = [of_source[name].get(day) for day in shown]
        articles = [day.articles if day else 0 for day in found]
        rejected = [turned_down.get((name, day), 0) for day in shown]
        tops = [sum(both) for both in zip(articles, rejected, strict=True)]
        axes.bar(shown, articles, color="#0072B2")
        axes.bar(shown, rejected, bottom=articles, color="#E69F00")
        for place, seen in enumerate(found):
            if seen and seen.suspect:
                axes.text(place, tops[place], "▣", ha="center", va="bottom", color=LOOKS[State.SUSPECT].colour)
        most = max(1, *tops)
        axes.set_ylim(0, most * 1.35)
        axes.set_yticks([0, most], ["0", f"{most:,}"], fontsize=7)
        axes.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    every = range(0, len(shown), -(-len(shown) // 8))  # eight days along the axis: more would touch
    strips[-1].set_xticks(every, [f"{date.fromisoformat(shown[place]):%-d %b}" for place in every], fontsize=7)
    strips[-1].set_xlim(-0.6, max(len(shown), 21) - 0.4)  # bars of three days would be as wide as posters
    strips[0].set_title("articles per publication day (UTC); orange: rejected; ▣ suspect", fontsize=8, loc="left")
    return _png(figure)


def markdown_image(png: bytes, alternative: str) -> str:
    """Embed a picture in Markdown; nothing for an empty one."""
    return f"![{alternative}](data:image/png;base64,{b64encode(png).decode()})" if png else ""


def _figure(height: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white", layout="constrained")


def _legend(figure: "Figure", states: set[State]) -> None:
    from matplotlib.patches import Patch

    patches = [
        Patch(color=look.colour, label=look.meaning if state in PLAIN else f"{look.sign} {look.meaning}")
        for state, look in LOOKS.items()
        if state in states
    ]
    figure.legend(handles=patches, loc="outside lower left", ncols=4, fontsize=7, frameon=False)


def _png(figure: "Figure") -> bytes:
    written = BytesIO()
    figure.savefig(written, format="png", pil_kwargs={"optimize": True})
    return written.getvalue()
