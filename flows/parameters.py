"""Types of flow parameters that Prefect's UI draws as a choice."""

from typing import TYPE_CHECKING, Literal

from infra.backfill_plan import Direction, Reprocess
from infra.preference import Preference
from parsers.registry import sources

if TYPE_CHECKING:
    SourceName = str
    PreferName = str
    ReprocessName = str
    DirectionName = str
else:
    # Literal becomes a select in the form; an Enum would reach the flow as an object that no log prints well.
    SourceName = Literal[tuple(sources())]
    PreferName = Literal[tuple(each.value for each in Preference)]
    ReprocessName = Literal[tuple(each.value for each in Reprocess)]
    DirectionName = Literal[tuple(each.value for each in Direction)]
