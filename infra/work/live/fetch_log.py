"""What came of the addresses that a plan wants, and what that says of its days."""

from collections import Counter
from collections.abc import Iterable

from infra.intake.web.fetching import FetchError
from infra.lake.lake import PartitionId
from infra.lake.partition import Coverage
from infra.work.live.fetch_pages import Fetched
from infra.work.live.plan import LivePlan
from infra.work.run import ParsedCapture
from infra.work.run_report import RunReport
from infra.work.samples import Sample, Samples
from parsers.fields.urls import address_key


class FetchLog:
    """Notes what happens to the addresses of a plan.

    Attributes:
        alarms: for a person, such as a CDX index that could not be read.
    """

    def __init__(self, plan: LivePlan) -> None:
        self.alarms: tuple[str, ...] = ()
        self._plan = plan
        self._came: set[str | None] = set()  # by address key: an index may write the same address differently
        self._errors = dict[str, FetchError]()
        self._fetched: Counter[PartitionId] = Counter()
        self._parsed: Counter[PartitionId] = Counter()
        self._links = plan.links_by_day()
        self._days = {
            address_key(link.url): (plan.source.name, day.isoformat())
            for day, links in self._links.items()
            for link in links
        }

    def note_page(self, page: Fetched) -> None:
        """Note the answer to a request."""
        if page.capture:
            self._came.add(address_key(page.url))
            if day := self._days.get(address_key(page.url)):
                self._fetched[day] += 1
        if page.error:
            self._errors[page.url] = page.error

    def note_parsed(self, parsed: Iterable[ParsedCapture]) -> None:
        """Note what the parsers made of the pages."""
        self._parsed.update(each.partition for each in parsed if each.partition)

    def has(self, url: str) -> bool:
        """Whether the page of an address was captured, now or before."""
        return address_key(url) in self._came or self._plan.captured.has(url)

    @property
    def missing(self) -> list[str]:
        """Addresses without a page, in the order in which to ask for them."""
        return [link.url for link in self._plan.found if not self.has(link.url)]

    @property
    def report(self) -> RunReport:
        """What came, and why addresses gave nothing, by the day of their links."""
        failed, missed, samples = Counter[str](), Counter[PartitionId](), Samples()
        for url, error in self._errors.items():
            if not self.has(url):
                failed[error.reason.value] += 1
                missed.update(filter(None, [self._days.get(address_key(url))]))
                samples += Samples({error.reason.value: (Sample(self._plan.source.name, url, error.detail),)})
        return RunReport(failed=failed, fetched=self._fetched, missed=missed, samples=samples, alarms=self.alarms)

    def day_of(self, parsed: ParsedCapture) -> PartitionId:
        """The day of a page's link; for pages without a link the day on which they were got."""
        return self._days.get(address_key(parsed.archived.capture.url)) or parsed.day_got

    def coverage(self) -> dict[PartitionId, Coverage]:
        """What can be said of the plan's past days; nobody has seen the present one as a whole.

        Nothing where a list could not be read: a day is empty only if everything that lists it was seen. Addresses that
        will never give a page (disallowed, off site) do not make a day incomplete.
        """
        coverage = {}
        for day, links in self._links.items() if self._plan.lists_were_read else ():
            if day < self._plan.today:
                urls = [link.url for link in links if not self._is_refused_for_good(link.url)]
                partition = self._plan.source.name, day.isoformat()
                coverage[partition] = Coverage(len(urls), sum(map(self.has, urls)), self._parsed[partition])
        return coverage

    def _is_refused_for_good(self, url: str) -> bool:
        error = self._errors.get(url)
        return error is not None and error.reason.lasting and not self.has(url)
