"""Real pages, where they lie beside the checkout, are read at least as well as before (`bench/quality.py`)."""

import pytest

from bench.quality import SETS, SHARED, PageSet, floors, outcomes, score

PRESENT = [pages for pages in SETS if (SHARED / "pages" / pages.folder).is_dir()]

if PRESENT:  # the pages are not ours to publish

    @pytest.mark.parametrize("pages", PRESENT, ids=[pages.name for pages in PRESENT])
    def test_no_figure_falls(pages: PageSet) -> None:
        figures = score(pages, list(outcomes(pages)))
        assert {name: floor for name, floor in floors()[pages.name].items() if figures[name] < floor} == {}
