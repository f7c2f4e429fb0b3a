"""Articles and rejections as the rows of partitions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from infra.base.errors import NewslakeError
from infra.lake.partition import ARTICLES, REJECTS, TableKind, name_of
from infra.lake.rejects import Reject, invalid_record
from infra.lake.schema import to_table
from parsers.record.article import Article, Provenance, partition_date

Landed = tuple[Article, Provenance]
PartitionId = tuple[str, str]  # source, name; see `infra.lake.partition`
Tables = Mapping[PartitionId, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """What is to be landed, as Arrow tables by partition."""

    articles: Tables = field(default_factory=dict)
    rejects: Tables = field(default_factory=dict)

    def of(self, kind: TableKind) -> Tables:
        """Those of one table."""
        return self.articles if kind is ARTICLES else self.rejects


def tabulated(articles: Sequence[Landed], rejects: Sequence[Reject]) -> tuple[Rows, tuple[str, ...], Sequence[Reject]]:
    """The rows that articles and rejections become, with the ids of articles that do not fit the schema (L01).

    Those are rejections: all that there are come last. All names of partitions are checked here.
    """
    table, wrong = to_table(articles, ARTICLES.columns)
    unfit = dict(wrong)
    fitting = [landed for index, landed in enumerate(articles) if index not in unfit]
    rejects = [*rejects, *(invalid_record(*articles[index], detail) for index, detail in wrong)]
    ids = tuple(str(articles[index][0].article_id) for index in unfit)
    return Rows(_by_partition(fitting, table), _by_capture_day(rejects)), ids, rejects


def _by_partition(articles: Sequence[Landed], table: Any) -> Tables:
    """The table's rows by partition. The record's times are UTC once encoded, so the day is taken from there."""
    indices: defaultdict[PartitionId, list[int]] = defaultdict(list)
    published = table["published_at"].to_pylist()
    for index, ((article, _), published_at) in enumerate(zip(articles, published, strict=True)):
        name = name_of(article.source, partition_date(published_at), article.canonical_url)
        indices[article.source, name].append(index)
    for partition in indices:
        ARTICLES.key(*partition)
    return {partition: table.take(pa.array(rows, pa.int64())) for partition, rows in indices.items()}


def _by_capture_day(rejects: Sequence[Reject]) -> Tables:
    groups: defaultdict[PartitionId, list[tuple[Reject]]] = defaultdict(list)
    for reject in rejects:
        groups[reject.source, partition_date(reject.captured_at)].append((reject,))
    tables = {}
    for partition, rows in groups.items():
        key = REJECTS.key(*partition)
        tables[partition], wrong = to_table(rows, REJECTS.columns)
        if wrong:
            raise NewslakeError(f"A rejection for {key} has a wrong {wrong[0][1]}", "This is a bug: please report it.")
    return tables
