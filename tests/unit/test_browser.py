from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import find_chromium


def test_a_named_chromium_is_taken_before_any_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chrome = tmp_path / "my-chrome"
    chrome.touch(mode=0o755)
    monkeypatch.setenv("NEWSLAKE_CHROMIUM", str(chrome))
    assert find_chromium() == str(chrome)


def test_no_chromium_is_found_on_an_empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSLAKE_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() is None


@pytest.mark.parametrize(("required", "outcome"), [("0", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_without_chromium_a_browser_test_skips_but_fails_where_ci_requires_it(
    required: str, outcome: type[BaseException], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLAKE_CHROMIUM", "/no/such/chromium")
    monkeypatch.setenv("NEWSLAKE_REQUIRE_BROWSER", required)
    with pytest.raises(outcome, match="no Chromium here: install Debian's `chromium`"):
        request.getfixturevalue("chromium")


@pytest.mark.browser
def test_a_page_is_rendered_in_a_real_browser(page: Page) -> None:
    page.goto("data:text/html,<title>x</title><h1 id=a></h1><script>a.textContent = 6 * 7</script>")
    assert page.locator("h1").inner_text() == "42"
