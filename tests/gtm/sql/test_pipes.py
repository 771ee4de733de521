"""Pipes are read in their order: what the parser would merge wrongly is kept apart."""

from __future__ import annotations

import pytest

from gtm.errors import QueryRejectedError
from gtm.sql.text import generate, parse


@pytest.mark.parametrize(
    ("pipes", "meant"),
    [
        ("FROM a |> WHERE x = 1 |> LIMIT 2", "SELECT * FROM a WHERE x = 1 LIMIT 2"),
        (
            "FROM a |> LIMIT 2 |> WHERE x = 1",
            "WITH __tmp1 AS (SELECT * FROM a LIMIT 2) SELECT * FROM __tmp1 WHERE x = 1",
        ),
        (
            "FROM a |> LIMIT 3 OFFSET 1 |> LIMIT 2 OFFSET 1",
            "WITH __tmp1 AS (SELECT * FROM a LIMIT 3 OFFSET 1) "
            "SELECT * FROM __tmp1 LIMIT 2 OFFSET 1",
        ),
        (
            "FROM a |> DISTINCT |> AGGREGATE COUNT(*) AS n",
            "WITH __tmp1 AS (SELECT DISTINCT * FROM a), "
            "__tmp2 AS (SELECT COUNT(*) AS n FROM __tmp1) SELECT * FROM __tmp2",
        ),
        (
            "FROM a |> WHERE p |> RIGHT JOIN b USING (x)",
            "WITH __tmp1 AS (SELECT * FROM a WHERE p) SELECT * FROM __tmp1 RIGHT JOIN b USING (x)",
        ),
        ("FROM a |> WHERE p |> JOIN b USING (x)", "SELECT * FROM a JOIN b USING (x) WHERE p"),
        (
            "FROM a |> ORDER BY x DESC |> SELECT y |> LIMIT 2",
            "SELECT y FROM a ORDER BY x DESC LIMIT 2",
        ),
        (
            "FROM a |> AGGREGATE SUM(s) AS s DESC GROUP BY c |> LIMIT 5",
            "SELECT c, SUM(s) AS s FROM a GROUP BY c ORDER BY s DESC LIMIT 5",
        ),
        (
            "FROM a |> SET x = IF(y > 1, 2, 3), z = 1 |> DROP y",
            "WITH __tmp1 AS (SELECT * REPLACE ((IF(y > 1, 2, 3)) AS x, (1) AS z) FROM a), "
            "__tmp2 AS (SELECT * EXCEPT (y) FROM __tmp1) SELECT * FROM __tmp2",
        ),
        (
            "SELECT x, COUNT(*) AS n FROM a GROUP BY x |> WHERE n > 1",
            "SELECT * FROM (SELECT * FROM (SELECT x, COUNT(*) AS n FROM a GROUP BY x) WHERE n > 1)",
        ),
        (
            "SELECT x, COUNT(*) AS n FROM a GROUP BY x |> ORDER BY n |> LIMIT 2",
            "SELECT * FROM (SELECT x, COUNT(*) AS n FROM a GROUP BY x) ORDER BY n LIMIT 2",
        ),
        (
            "SELECT * FROM a WHERE x IN (FROM b |> LIMIT 2 |> SELECT x)",
            "SELECT * FROM a WHERE x IN (WITH __tmp1 AS (SELECT * FROM b LIMIT 2), "
            "__tmp2 AS (SELECT x FROM __tmp1) SELECT * FROM __tmp2)",
        ),
    ],
)
def test_pipes_mean_what_their_order_says(pipes: str, meant: str) -> None:
    assert generate(parse(pipes)) == meant


@pytest.mark.parametrize(
    "pipes",
    [
        "FROM a |> ORDER BY x |> EXTEND 1 AS y |> LIMIT 3",
        "FROM a |> ORDER BY x |> SELECT x, y |> WHERE y > 1 |> LIMIT 3",
        "FROM a |> AGGREGATE SUM(s) AS s DESC GROUP BY c |> WHERE s > 1 |> LIMIT 3",
        "SELECT * FROM a ORDER BY x |> LIMIT 3",
    ],
)
def test_a_limit_whose_order_is_lost_is_refused(pipes: str) -> None:
    with pytest.raises(QueryRejectedError, match="can't keep an order"):
        parse(pipes)
