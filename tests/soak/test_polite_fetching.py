"""The pace as a server sees it."""

from bench.politeness import measure


def test_forty_hosts_at_once_are_never_asked_above_their_rate() -> None:
    """As the server saw it; the rate itself is for the bench, since this machine has other things to do, too."""
    measured = measure(hosts=40, seconds=5, bare_pages=0)
    assert measured.requests >= 40
    assert measured.highest_rate < 1.05  # what a busy machine takes to pass on a request moves both by some hundredths
    assert measured.least_gap > 0.8
