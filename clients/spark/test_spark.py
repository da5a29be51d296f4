"""Spark answers `comity activity query`. It needs Java."""

import unittest

from rollup import Rollup


class Spark(Rollup, unittest.TestCase):
    def test_spark(self):
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
        spark = spark.config("spark.sql.warehouse.dir", str(self.folder / "warehouse")).getOrCreate()
        self.addCleanup(spark.stop)
        rows = spark.read.json(str(self.rows))
        rows.withColumn("createdDateTime", rows.createdDateTime.cast("timestamp")).createOrReplaceTempView("signins")
        result = spark.sql(self.query("spark", "signins"))
        for name, write in [("json", result.write.json), ("parquet", result.write.parquet)]:
            folder = self.folder / f"spark-{name}"
            write(str(folder))
            self.holds(folder)
