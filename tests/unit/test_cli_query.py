"""`newslake query` and `export`, and how an article is printed."""

import errno
import os
import re
import shlex
from pathlib import Path
from unittest.mock import Mock

import orjson
import pyarrow.parquet as pq
import pytest

from flows.commands.query import EXAMPLES
from flows.reports.answers import as_markdown, as_text
from infra.base.errors import UNSAFE, NewslakeError
from infra.lake.lake import Lake
from infra.store.open_store import open_store
from tests import sample_pages as pages
from tests.commands import Cli
from tests.lake_samples import landed as record

HEADLINE = "Cranes of bay 0 winter further north"


pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture
def landed(alone: Path, tmp_path: Path, cli: Cli) -> None:
    cli("ingest", str(pages.write_folder(tmp_path / "in", 4)))


@pytest.mark.usefixtures("landed")
def test_each_example_runs_and_is_listed(cli: Cli) -> None:
    listed = cli("query", "--examples").replace("\n", "")
    for _, sql in EXAMPLES:
        assert f'newslake query "{sql}"' in listed
        cli("query", sql)


@pytest.mark.usefixtures("landed")
def test_tables_are_listed_and_runs_and_sources_are_among_them(cli: Cli) -> None:
    assert cli("query", "SHOW TABLES", "--csv").split() == ["name", "articles", "fetches", "rejects", "runs", "sources"]
    assert cli.json("query", "SELECT mode, articles, sources, first_day FROM runs") == {
        "mode": "ingest",
        "articles": 4,
        "sources": 1,
        "first_day": "2024-01-10",
    }
    assert cli("query", "SELECT title FROM sources WHERE source = 'tass'", "--csv") == "title\nTASS\n"


@pytest.mark.usefixtures("landed")
def test_rows_too_wide_for_a_terminal_are_shown_as_records(cli: Cli) -> None:
    lines = cli("query", "SELECT * FROM articles ORDER BY title LIMIT 2").splitlines()
    assert [line for line in lines if line.startswith("──")] == [
        "── row 1 ────────────────────",
        "── row 2 ────────────────────",
    ]
    assert next(line.split(maxsplit=1) for line in lines if line.startswith("title ")) == [
        "title",
        f"{HEADLINE:<{len(lines[1]) - len('published_precision  ')}}",
    ]
    assert not any(line.split() == ["persons", "[]"] for line in lines)


@pytest.mark.usefixtures("landed")
def test_an_answer_is_written_to_a_new_file_in_the_form_that_its_name_says(tmp_path: Path, cli: Cli) -> None:
    question = ["query", "SELECT title, authors FROM articles ORDER BY 1 LIMIT 1", "-o"]
    expected = {"title": HEADLINE, "authors": ["TASS"]}
    cli(*question, str(tmp_path / "one.parquet"))
    assert pq.read_table(tmp_path / "one.parquet").to_pylist() == [expected]
    cli(*question, str(tmp_path / "one.jsonl"))
    assert orjson.loads((tmp_path / "one.jsonl").read_bytes()) == expected
    cli(*question, str(tmp_path / "one.csv"))
    assert (tmp_path / "one.csv").read_text() == f'title,authors\n{HEADLINE},"[""TASS""]"\n'
    cli(*question, str(tmp_path / "one.csv"), code=1)
    assert "one.csv exists. Name another file" in cli.err
    cli(*question, str(tmp_path / "one.xlsx"), code=2)
    assert "End its name in .parquet, .csv, .jsonl" in cli.err


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\x01=1"])
def test_csv_holds_nothing_that_a_spreadsheet_would_run(text: str, cli: Cli) -> None:
    sql = f"SELECT {' || '.join(f'chr({ord(sign)})' for sign in text)} AS title, -1 AS number"
    value = cli("query", sql, "--csv").partition("\n")[2].rstrip("\n")
    assert value.replace('"', "") == f"'{text.strip(chr(1))},-1"


def test_json_holds_what_steers_a_terminal_as_escapes_only(cli: Cli) -> None:
    said = cli("query", "SELECT chr(155) || '31m' || chr(8238) || chr(10) AS title", "--json")
    assert not UNSAFE.search(said)
    assert orjson.loads(said) == {"title": "\x9b31m\u202e\n"}


@pytest.mark.usefixtures("landed")
def test_articles_are_exported_one_a_line_as_markdown_or_plain(tmp_path: Path, cli: Cli) -> None:
    out = cli("export", "--source", "tass", "--start", "2024-01-10", "--end", "2024-01-11")
    rows = [orjson.loads(line) for line in out.splitlines()]
    assert [(row["source"], row["date"]) for row in rows] == [("tass", "2024-01-10")] * 2
    assert all(row["text"] and row["url"].startswith("https://") for row in rows)
    assert cli.err.strip() == "2 articles"
    for form, beginning, between in (("markdown", "# Cranes of bay", "\n---\n\n"), ("text", "Cranes of bay", "═\n\n")):
        path = tmp_path / form
        cli("export", "--format", form, "-o", str(path))
        written = path.read_text()
        assert written.startswith(beginning)
        assert written.count(between) == 3
    cli("export", "-o", str(tmp_path / "text"), code=1)


@pytest.mark.usefixtures("landed")
def test_columns_of_one_name_are_told_apart(tmp_path: Path, cli: Cli) -> None:
    question = ["query", "SELECT 1 AS a, 2 AS a, 3 AS a_1, sum(4) AS a"]
    expected = {"a": 1, "a_2": 2, "a_1": 3, "a_3": 4}
    assert cli.json(*question) == expected
    assert cli(*question, "--csv") == "a,a_2,a_1,a_3\n1,2,3,4\n"
    assert cli(*question).split() == ["a", "a_2", "a_1", "a_3", "1", "2", "3", "4"]
    cli(*question, "-o", "a.parquet")
    assert pq.read_table("a.parquet").to_pylist() == [expected]
    cli(*question, "-o", "a.jsonl")
    assert orjson.loads(Path("a.jsonl").read_bytes()) == expected
    record = cli("query", "SELECT a.*, b.* FROM articles a JOIN articles b USING (article_id) LIMIT 1")
    assert {"title", "title_1", "url", "url_1"} <= {line.split()[0] for line in record.splitlines()}


WRITERS = (
    (("query", "SELECT title FROM articles"), "flows.reports.answers.as_json_lines"),
    (("export",), "flows.reports.answers.as_json_line"),
)


@pytest.mark.usefixtures("landed")
@pytest.mark.parametrize(("command", "writer"), WRITERS, ids=["query", "export"])
def test_a_file_bears_its_name_once_it_is_whole_and_replaces_none(
    command: tuple[str, ...], writer: str, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "new" / "out.jsonl"
    told = (*command, "-o", str(out))
    said = cli.fails(*told, code=1)
    assert said == f"{out} cannot be written: No such file or directory. See that its folder exists and has room."
    out.parent.mkdir()

    for error, code in ((KeyboardInterrupt(), 130), (NewslakeError("The store is gone", "Ask again."), 1)):
        monkeypatch.setattr(writer, Mock(side_effect=["{}\n", error] if command == ("export",) else error))
        cli(*told, code=code)
        assert list(out.parent.iterdir()) == []

    def meanwhile(_: object) -> str:
        out.write_text("theirs")
        return "{}\n"

    def no_links(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    for link in (os.link, no_links):  # a stick for cameras has none
        monkeypatch.setattr(os, "link", link)
        monkeypatch.setattr(writer, meanwhile)
        assert cli.fails(*told, code=1) == f"{out} exists. Name another file, or delete it first."
        assert {each.name: each.read_text() for each in out.parent.iterdir()} == {"out.jsonl": "theirs"}
        out.unlink()
        monkeypatch.setattr(writer, lambda _: "{}\n")
        cli(*told)
        assert set(out.read_text().split()) == {"{}"}
        assert [each.name for each in out.parent.iterdir()] == ["out.jsonl"]
        out.unlink()


@pytest.mark.usefixtures("landed")
def test_query_writes_to_s3_and_export_names_it(moto_lake: str, cli: Cli) -> None:
    out = f"{moto_lake}/new/out.jsonl"
    said = cli.fails("export", "-o", out, code=2)
    assert said.startswith(f"export writes to the disk, not to {out}.")
    (command,) = re.findall("`newslake (.*)`", said)
    command = shlex.split(command.replace("s3://bucket/name.jsonl", out))
    cli(*command)
    stored = open_store(moto_lake).get("new/out.jsonl")
    assert stored
    assert len(stored.body.splitlines()) == 4
    assert "exists" in cli.fails(*command, code=1)
    assert "is no address" in cli.fails("query", "SELECT 1", "-o", "s3://out.csv", code=2)


ROW = {
    "title": "Ferry [1] *stops*",
    "authors": ["Ada Quill", "Bo Marsh"],
    "published_at": None,
    "source": "gazette",
    "url": "https://gazette.example/1",
    "canonical_url": None,
    "body": [
        {"type": "lead", "text": "# Four boats of nine run."},
        {"type": "heading", "text": "Boats"},
        {"type": "list_item", "text": "Heron"},
        {"type": "list_item", "text": "Gull\x1b[31m"},
        {"type": "table", "text": "Heron | 90"},
        {"type": "quote", "text": "<script>alert(1)</script>"},
        {"type": "paragraph", "text": "1. May was dry."},
    ],
}


def test_an_article_as_people_read_it() -> None:
    assert as_text(ROW) == (
        "Ferry [1] *stops*\n\nAda Quill, Bo Marsh · undated · gazette · https://gazette.example/1\n\n"
        "# Four boats of nine run.\n\nBoats\n\n- Heron\n- Gull[31m\n\nHeron | 90\n\n<script>alert(1)</script>\n\n"
        "1. May was dry.\n"
    )
    assert max(map(len, as_text(ROW, 20).partition("# Four")[2].splitlines())) <= 20


def test_nothing_that_a_page_says_is_markup_in_markdown() -> None:
    assert as_markdown(ROW).split("\n\n")[2:] == [
        "\\# Four boats of nine run.",
        "## Boats",
        "- Heron\n- Gull\\[31m",
        "| Heron \\| 90",
        "> \\<script\\>alert(1)\\</script\\>",
        "1\\. May was dry.\n",
    ]
    assert as_markdown(ROW).startswith("# Ferry \\[1\\] \\*stops\\*\n")


def test_status_ends_with_a_summary(cli: Cli, landed: None) -> None:
    assert cli("status", "--all").splitlines()[-1] == "4 articles of 1 source, 3 days: 3 unlisted"


def test_a_day_of_web_is_one_to_all_commands_that_read(alone: Path, cli: Cli) -> None:
    articles = [record(number, source="web", url=f"https://paper{number}.example/a") for number in range(9)]
    Lake(open_store("lake")).land(articles)
    assert len(list(alone.glob("lake/articles/source=web/date=2024-05-01/*.parquet"))) > 4
    assert cli.json("query", "SELECT count(*) AS n FROM articles", "--source", "web") == {"n": 9}
    assert cli("export", "--source", "web").count("\n") == 9
    (day,) = [each for each in cli.json("status", "--source", "web", "--all") if each["articles"]]
    assert (day["date"], day["articles"]) == ("2024-05-01", 9)
    assert cli.json("show", articles[3][0].article_id)["date"] == "2024-05-01"
    expired = cli.json("expire", "--layer", "articles", "--older-than", "1", "--source", "web")["days"]
    assert {each["day"] for each in expired} == {"2024-05-01"}
