"""El País, https://elpais.com. Layout verified on a saved page from 2024-10."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="elpais",
    title="El País",
    hosts=("elpais.com",),
    language="es",
    timezone="Europe/Madrid",
    layouts=(
        Layout(
            "2024-10", body="[data-dtm-region=articulo_cuerpo]", lead="h2.a_st", figures="figure.a_m", credit=".a_m_m"
        ),
    ),
    generic=True,
)
