"""Types of flow parameters that Prefect's UI draws as a choice or a bounded number."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from infra.base.choices import Direction, Preference, Reprocess
from infra.work.backfill.window import MAX_ACTIVE
from parsers.registry import sources

MAX_LAG_DAYS = 31  # older days are for a backfill

# Help texts stay in the docstring: a description here would be lost.
MaxActive = Annotated[int, Field(ge=1, le=MAX_ACTIVE)]
LagDays = Annotated[int, Field(ge=0, le=MAX_LAG_DAYS)]

if TYPE_CHECKING:
    SourceName = str
    PreferName = str
    ReprocessName = str
    DirectionName = str
else:
    # A Literal becomes a select in the form; an Enum would reach the flow as an object that logs print badly.
    SourceName = Literal[tuple(sources())]
    PreferName = Literal[tuple(each.value for each in Preference)]
    ReprocessName = Literal[tuple(each.value for each in Reprocess)]
    DirectionName = Literal[tuple(each.value for each in Direction)]
