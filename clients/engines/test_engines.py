"""DuckDB and ClickHouse answer `comity activity query`."""

import unittest

from rollup import Rollup


class Engines(Rollup, unittest.TestCase):
    def test_duckdb(self):
        import duckdb

        connection = duckdb.connect()
        connection.execute(f"CREATE TABLE signins AS SELECT * FROM read_json('{self.rows}', format = 'newline_delimited')")
        result = connection.sql(self.query("duckdb", "signins"))
        for name in ["duckdb.csv", "duckdb.parquet"]:
            file = self.folder / name
            result.write_csv(str(file)) if name.endswith("csv") else result.write_parquet(str(file))
            self.holds(file)
        file = self.folder / "duckdb.json"
        connection.execute(f"COPY ({self.query('duckdb', 'signins')}) TO '{file}' (FORMAT json)")
        self.holds(file)

    def test_clickhouse(self):
        import chdb

        names = "id createdDateTime userDisplayName userPrincipalName userId userType appId appDisplayName resourceId resourceDisplayName homeTenantId resourceTenantId crossTenantAccessType tokenIssuerType"
        columns = ", ".join(f"{name} Nullable(String)" for name in names.split())
        columns = columns.replace("createdDateTime Nullable(String)", "createdDateTime DateTime64(3, \\'UTC\\')")
        columns += ", isInteractive Nullable(Bool), status Tuple(errorCode Int32, failureReason Nullable(String))"
        columns += ", deviceDetail Tuple(isCompliant Nullable(Bool), trustType Nullable(String))"
        table = f"file('{self.rows}', 'JSONEachRow', '{columns}')"
        settings = " SETTINGS date_time_input_format = 'best_effort'"
        for form, name in [("CSVWithNames", "chdb.csv"), ("JSONEachRow", "chdb.json"), ("Parquet", "chdb.parquet")]:
            file = self.folder / name
            file.write_bytes(chdb.query(self.query("clickhouse", table) + settings, form).bytes())
            self.holds(file)
