"""DuckDB and ClickHouse answer `comity activity query`, and DuckDB reads reports."""

import unittest
from pathlib import Path

from rollup import CONTOSO, REPORTS, Rollup, comity


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

    def test_duckdb_reads_reports(self):
        """A report as Parquet is the report as CSV, with numbers as numbers."""
        import duckdb

        page = Path(__file__).parents[2] / "examples" / "sign-ins" / "page.json"
        for report in [*REPORTS, ["charts"]]:
            tables = self.folder / f"report-{report[0]}"
            tables.mkdir()
            names = [] if report[0] in ["pairs", "panels", "restrictions"] else ["--resolve"]
            one = report[0] in ["summary", "overview", "pairs"]
            for form in ["csv", "parquet"]:
                output = tables / f"all.{form}" if one else tables
                comity(*report, "--tenant", CONTOSO, *names, "--format", form, "--output", str(output), str(page))
            for file in sorted(tables.glob("*.parquet")):
                with self.subTest(report=report[0], table=file.stem):
                    parquet = duckdb.sql(f"FROM '{file}'")
                    csv = duckdb.sql(f"FROM read_csv('{file.with_suffix('.csv')}', all_varchar = true, header = true)")
                    self.assertEqual(parquet.columns, csv.columns)
                    shown = [tuple(None if cell is None else str(cell) for cell in row) for row in parquet.fetchall()]
                    self.assertEqual(shown, csv.fetchall())
                    counted = [name for name in parquet.columns if name.lower().startswith("count") or "SignIns" in name]
                    kinds = dict(zip(parquet.columns, map(str, parquet.types)))
                    self.assertEqual({kinds[name] for name in counted}, {"BIGINT"} if counted else set())

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
