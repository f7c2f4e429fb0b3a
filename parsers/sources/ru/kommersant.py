"""Коммерсантъ, https://www.kommersant.ru."""

from parsers.source.definition import Source

SOURCE = Source(
    name="kommersant",
    title="Коммерсантъ",
    hosts=("kommersant.ru",),
    language="ru",
    timezone="Europe/Moscow",
)
