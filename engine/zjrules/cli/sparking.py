"""A batch on Spark: the input opened as usual, scored by `zjrules.spark`, written by Spark as a folder of Parquet files."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import polars as pl

from zjrules.appraisal import calendar_for
from zjrules.batch import record
from zjrules.batch.opening import Opened, opened_table
from zjrules.batch.run import Counts, rejects_of
from zjrules.cli import batching, say, told
from zjrules.cli.writing import WHY, refuse_existing
from zjrules.diag import has_errors
from zjrules.inout.table import scores
from zjrules.inout.table.rejects import SCHEMA
from zjrules.inout.table.write import written
from zjrules.inout.text import whole
from zjrules.project import load
from zjrules.ruleset import RuleSet
from zjrules.spark import Scored, scored
from zjrules.workers import SparkError

ROWS = 50_000
"""Rows that a worker is handed at a time, where Spark's own settings do not say."""
_AT_A_TIME = "spark.sql.execution.arrow.maxRecordsPerBatch"
_OPENING = "spark.sql.files.openCostInBytes"
_SMALL = 65_536
"""What Spark reckons a file costs beside its size, where its own settings do not say: a row takes long to score and a byte none
to read, so that a small file too is parted among all cores, as far as it has row groups."""
_PIECE = 10_000


def usage(asked: batching.Asked, plan: bool) -> None:
    """Refuse what Spark does not do. Raises click.UsageError."""
    local = {
        "--plan": plan,
        "--resume": asked.resume,
        "--sweep": bool(asked.sweeps),
        "--ledger": bool(asked.ledgers),
        "--block": asked.size is not None,
        "--html": asked.page is not None,
    }
    for name, given in local.items():
        if given:
            raise click.UsageError(f"--engine spark 没有 {name}；用 --engine local，或先在 Spark 里准备好表")
    if asked.rules is None:
        raise click.UsageError("用 --rules 写明用哪一本规则，例如 --rules zhanjiang/2025")
    assert asked.output is not None
    if asked.output.suffix != ".parquet":
        raise click.UsageError("--engine spark 只写 Parquet：OUT 的名称以 .parquet 结尾（是一个目录，里面是各份）")


def _installed() -> None:
    if find_spec("pyspark") is None or find_spec("pandas") is None:
        raise click.UsageError("--engine spark 要用 pyspark，这台机器没有装：pip install 'zjrules[spark]'")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        help_ = "例如 apt-get install default-jre-headless"
        raise click.UsageError(f"--engine spark 要用 Java 17 或更新的，这台机器没有装，{help_}")


def run(asked: batching.Asked, master: str | None) -> int:
    """Score everything on Spark, and say what came out."""
    assert asked.output is not None
    assert asked.rules is not None
    rules, problems = load(asked.rules)
    opened = None
    if rules is not None and has_errors(rules.edited):
        problems = rules.edited
    elif rules is not None:
        opened, problems = opened_table(asked.order, rules.program.schema)
    if rules is None or opened is None or opened.files is None:
        say.diagnostics(problems, say.console(sys.stderr))
        return 2
    if opened.files.kind != "parquet":
        raise click.UsageError("--engine spark 只读 Parquet；CSV 和别的表用 --engine local")
    refuse_existing(asked.output, asked.force)
    try:
        _installed()
        with batching.alone(asked.output):
            counts = _scored(asked, rules, opened, asked.output, master)
    except SparkError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        click.echo(f"写不了「{asked.output}」：{WHY.get(type(error), error.strerror)}", err=True)
        return 2
    rejects = rejects_of(asked.output) if counts.codes else None
    told.end(rules, opened, asked.output, rejects, counts, asked.form)
    return 0 if counts.clean else 1


def _scored(asked: batching.Asked, rules: RuleSet, opened: Opened, out: Path, master: str | None) -> Counts:
    assert opened.files is not None
    what = record.identity(asked.order, opened, rules, ROWS, "parquet")
    with _session(master) as spark:
        df = spark.read.parquet(*(str(path.resolve()) for path in opened.files.paths))
        rows = df.count()
        calendar, _ = calendar_for(rules)
        made, problems = scored(df, rules, calendar, asked.ignored)
        if made is None:
            raise SparkError("；".join(d.message for d in problems))
        made.every.persist()
        try:
            _table(made, out)
            _rejects(made, out)
            counts = _counts(made, rows)
        finally:
            made.every.unpersist()
    record.kept(out, what, counts)
    return counts


@contextmanager
def _session(master: str | None) -> Iterator[Any]:
    """Yield a session of Spark: the one that spark-submit began, or one of this machine."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    logging.getLogger("py4j").setLevel(logging.ERROR)
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("zjrules batch")
    builder = builder.config("spark.ui.showConsoleProgress", str(sys.stderr.isatty()).lower())
    if master is not None:
        builder = builder.master(master)
    with say.busy("启动 Spark"):
        spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    if spark.conf.get(_AT_A_TIME) == "10000":
        spark.conf.set(_AT_A_TIME, str(ROWS))
    if spark.conf.get(_OPENING) in ("4194304b", "4194304"):
        spark.conf.set(_OPENING, str(_SMALL))
    try:
        yield spark
    except PySparkException as error:
        lines = [line for line in str(error).splitlines() if line.strip()]
        ours = [line.partition("SparkError: ")[2] for line in lines if "SparkError: " in line]
        raise SparkError(ours[-1] if ours else f"Spark 没有算完：{lines[0] if lines else error}") from error
    finally:
        spark.stop()


def _table(made: Scored, out: Path) -> None:
    """Write the scores as a folder of Parquet files that is there whole or not at all. Raises OSError."""
    aside = Path(tempfile.mkdtemp(prefix=".zjrules-", dir=out.resolve().parent))
    try:
        made.scores.write.parquet(str(aside / "写"))
        parts = sorted((aside / "写").glob("part-*.parquet"))
        ready = aside / "好"
        ready.mkdir()
        for place, part in enumerate(parts):
            part.rename(ready / f"{place:05d}.parquet")
        if out.is_dir():
            shutil.rmtree(out)
        else:
            out.unlink(missing_ok=True)
        ready.rename(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _rejects(made: Scored, out: Path) -> None:
    """Write what is said of rows as the local engine does, but for 文件 and 行, which Spark does not know. Raises OSError."""

    def pieces() -> Iterator[pl.DataFrame]:
        rows: list[dict[str, Any]] = []
        for row in made.rejects.orderBy("`单位`", "`列`", "`代码`").toLocalIterator():
            rows.append(row.asDict())
            if len(rows) == _PIECE:
                yield pl.DataFrame(rows, schema=SCHEMA)
                rows = []
        yield pl.DataFrame(rows, schema=SCHEMA)

    path = rejects_of(out)
    path.unlink(missing_ok=True)
    if not made.rejects.isEmpty():
        with whole(path) as aside:
            written("csv", aside, SCHEMA, pieces())


def _counts(made: Scored, rows: int) -> Counts:
    def by(table: Any, name: str) -> dict[str, int]:
        found = table.groupBy(f"`{name}`").count().where(f"`{name}` is not null").orderBy(f"`{name}`").collect()
        return {str(row[0]): int(row[1]) for row in found}

    states = by(made.scores, scores.STATE)
    done = sum(states.values())
    failed = made.scores.where(f"`{scores.FAILED}` is not null").count()
    states = {name: states[name] for name in scores.STATES if name in states}
    return Counts(rows, done, states, by(made.scores, scores.GRADE), failed, by(made.rejects, "代码"), rows - done)
