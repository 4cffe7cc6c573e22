package io.carom.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.BaseMetastoreTableOperations;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/// The lake's Iceberg tables. A commit to a table writes its new metadata and only notes it here; {@link
/// #publish} then
/// moves the pointers of all of them within one transaction of the catalog.
final class Tables {
    private final Catalog catalog;
    private final Path root;
    private final FileIO files;
    private final Map<String, Table> open = new HashMap<>();
    private final Map<String, Staged> staged = new LinkedHashMap<>();

    private record Staged(
            String namespace, String table, @Nullable String before, String after) {}

    Tables(Catalog catalog, Path root, FileIO files) {
        this.catalog = catalog;
        this.root = root;
        this.files = files;
    }

    /// The table, made with this schema if there is none yet.
    Table table(String namespace, String name, Schema ifNew) {
        return open.computeIfAbsent(namespace + "." + name, key -> {
            Operations operations = new Operations(namespace, name);
            if (operations.current() == null) {
                PartitionSpec spec = PartitionSpec.builderFor(ifNew).day("time").build();
                TableMetadata made = TableMetadata.newTableMetadata(
                        ifNew,
                        spec,
                        root.resolve(namespace).resolve(name).toString(),
                        Map.of(
                                "format-version",
                                "2",
                                "write.metadata.delete-after-commit.enabled",
                                "true",
                                "write.metadata.previous-versions-max",
                                "5",
                                "history.expire.min-snapshots-to-keep",
                                "3"));
                operations.commit(null, made);
            }
            return new BaseTable(operations, "carom." + namespace + "." + name);
        });
    }

    /// A table that there is.
    Table existing(String namespace, String name) {
        return open.computeIfAbsent(
                namespace + "." + name,
                key -> new BaseTable(new Operations(namespace, name), "carom." + namespace + "." + name));
    }

    /// Moves the pointers of all tables that were committed to since the last call.
    void publish(Connection connection) throws SQLException {
        for (Staged s : staged.values()) {
            Catalog.run(
                    connection,
                    "INSERT INTO iceberg_tables VALUES (?, ?, ?, ?, ?, 'TABLE') ON CONFLICT DO UPDATE SET"
                            + " metadata_location = excluded.metadata_location,"
                            + " previous_metadata_location = excluded.previous_metadata_location",
                    Catalog.NAME,
                    s.namespace,
                    s.table,
                    s.after,
                    s.before);
            Catalog.run(
                    connection,
                    "INSERT OR IGNORE INTO iceberg_namespace_properties VALUES (?, ?, 'exists', 'true')",
                    Catalog.NAME,
                    s.namespace);
        }
    }

    void published() {
        staged.clear();
    }

    /// Forgets what was staged: the tables are again as the catalog has them.
    void forget() {
        staged.clear();
        open.clear();
    }

    private final class Operations extends BaseMetastoreTableOperations {
        private final String namespace;
        private final String name;

        Operations(String namespace, String name) {
            this.namespace = namespace;
            this.name = name;
        }

        @Override
        protected String tableName() {
            return namespace + "." + name;
        }

        @Override
        public FileIO io() {
            return files;
        }

        @Override
        protected void doRefresh() {
            Staged now = staged.get(tableName());
            try {
                String location = now != null ? now.after : catalog.pointer(namespace, name);
                if (location == null) {
                    disableRefresh();
                } else {
                    refreshFromMetadataLocation(location);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        protected void doCommit(@Nullable TableMetadata base, TableMetadata metadata) {
            String location = writeNewMetadataIfRequired(base == null, metadata);
            Staged earlier = staged.get(tableName());
            String before = earlier != null ? earlier.before : base == null ? null : base.metadataFileLocation();
            staged.put(tableName(), new Staged(namespace, name, before, location));
        }
    }
}
