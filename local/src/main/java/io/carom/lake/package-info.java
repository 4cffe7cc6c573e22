/// Kept history: Parquet files as Iceberg tables, a namespace for each client, the catalog in SQLite.
@NullMarked
package io.carom.lake;

import org.jspecify.annotations.NullMarked;
