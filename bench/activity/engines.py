"""The same group-by in engines made for it: `engines.py duckdb|polars|convert FILE [FILE]`.

Prints how many rows were counted and how many groups there are.
"""

import sys

COLUMNS = [
    "homeTenantId", "resourceTenantId", "crossTenantAccessType", "tokenIssuerType", "userId", "userType",
    "userDisplayName", "userPrincipalName", "appId", "appDisplayName", "resourceId", "resourceDisplayName",
]
INSIDE = [("status", "errorCode"), ("status", "failureReason"), ("deviceDetail", "isCompliant"), ("deviceDetail", "trustType")]


def source(file):
    if file.endswith(".parquet"):
        return f"read_parquet('{file}')"
    texts = ", ".join(f"{name}: 'VARCHAR'" for name in ["id", *COLUMNS])
    return (
        f"read_json('{file}', format = 'newline_delimited', columns = {{{texts}, createdDateTime: 'TIMESTAMP', "
        "isInteractive: 'BOOLEAN', status: 'STRUCT(errorCode INTEGER, failureReason VARCHAR)', "
        "deviceDetail: 'STRUCT(isCompliant BOOLEAN, trustType VARCHAR)'})"
    )


def with_duckdb(file):
    import duckdb

    connection = duckdb.connect()
    inside = ", ".join(f"{outer}.{inner} AS {inner}" for outer, inner in INSIDE)
    columns = ", ".join([*COLUMNS, "isInteractive", inside])
    query = f"SELECT {columns}, count(*) AS n, min(createdDateTime), max(createdDateTime) FROM {source(file)} GROUP BY ALL"
    return connection.execute(f"SELECT sum(n)::BIGINT, count(*) FROM ({query})").fetchone()


def with_polars(file):
    import polars

    inside = [polars.col(outer).struct.field(inner) for outer, inner in INSIDE]
    groups = (
        polars.scan_parquet(file)
        .with_columns(inside)
        .group_by([*COLUMNS, "isInteractive", *[inner for _, inner in INSIDE]])
        .agg(polars.len().alias("n"), polars.col("createdDateTime").min().alias("first"), polars.col("createdDateTime").max().alias("last"))
    )
    return groups.select(polars.col("n").sum(), polars.len()).collect(engine="streaming").row(0)


def convert(file, to):
    import duckdb

    duckdb.connect().execute(f"COPY (SELECT * FROM {source(file)}) TO '{to}' (FORMAT parquet)")
    return (0, 0)


ENGINES = {"duckdb": with_duckdb, "polars": with_polars, "convert": convert}
rows, groups = ENGINES[sys.argv[1]](*sys.argv[2:])
print(rows, groups)
