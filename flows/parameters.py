"""Types of flow parameters that Prefect's UI draws as a choice."""

from typing import TYPE_CHECKING, Literal

from parsers.registry import sources

if TYPE_CHECKING:
    SourceName = str
else:
    # Literal becomes a select in the form; an Enum would reach the flow as an object that no log prints well.
    SourceName = Literal[tuple(sources())]
