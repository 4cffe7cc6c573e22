package io.carom.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseMetastoreTableOperations;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.jspecify.annotations.Nullable;

/// The lake's Iceberg tables. A commit to a table writes its new metadata and only notes it here;
/// {@link #publish} then moves the pointers of all of them within one transaction of the catalog.
final class Tables {
    private final Catalog catalog;
    private final Path root;
    private final Later files;
    private final Map<String, Table> open = new HashMap<>();
    private final Map<String, Staged> staged = new LinkedHashMap<>();

    private record Staged(
            String namespace, String table, @Nullable String before, String after) {}

    Tables(Catalog catalog, Path root, FileIO files) {
        this.catalog = catalog;
        this.root = root;
        this.files = new Later(files);
    }

    /// Iceberg deletes a table's oldest metadata with each commit to it; here the catalog may still
    /// point there until several such commits are published together. So what it deletes goes when they
    /// are.
    private static final class Later implements FileIO {
        private static final long serialVersionUID = 1;

        private final FileIO files;
        private final List<String> unneeded = new ArrayList<>();

        Later(FileIO files) {
            this.files = files;
        }

        @Override
        public InputFile newInputFile(String location) {
            return files.newInputFile(location);
        }

        @Override
        public OutputFile newOutputFile(String location) {
            return files.newOutputFile(location);
        }

        @Override
        public void deleteFile(String location) {
            unneeded.add(location);
        }

        void deleteNow() {
            unneeded.forEach(files::deleteFile);
            unneeded.clear();
        }
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

    /// Takes files out of a table and others in, in one snapshot.
    ///
    /// @param gone their names
    /// @param sameRows whether the rows stay what they are, only in other files
    void change(String namespace, String name, Set<String> gone, List<DataFile> made, boolean sameRows)
            throws IOException {
        Table table = existing(namespace, name);
        if (gone.isEmpty()) {
            AppendFiles append = table.newFastAppend();
            made.forEach(append::appendFile);
            append.commit();
            return;
        }
        Set<DataFile> out = new HashSet<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            for (FileScanTask task : tasks) {
                String location = task.file().location();
                if (gone.contains(location.substring(location.lastIndexOf('/') + 1))) {
                    out.add(task.file());
                }
            }
        }
        if (made.isEmpty()) {
            DeleteFiles delete = table.newDelete();
            out.forEach(delete::deleteFile);
            delete.commit();
        } else if (sameRows) {
            // Nobody else commits, so what was before is not asked: it is forgotten with each change.
            table.newRewrite()
                    .validateFromSnapshot(table.currentSnapshot().snapshotId())
                    .rewriteFiles(out, new HashSet<>(made))
                    .commit();
        } else {
            OverwriteFiles overwrite = table.newOverwrite();
            out.forEach(overwrite::deleteFile);
            made.forEach(overwrite::addFile);
            overwrite.commit();
        }
        table.expireSnapshots()
                .expireOlderThan(System.currentTimeMillis() + 1)
                .retainLast(1)
                .cleanExpiredFiles(false)
                .commit();
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
        files.deleteNow();
    }

    /// Forgets what was staged: the tables are again as the catalog has them.
    void forget() {
        staged.clear();
        open.clear();
        files.unneeded.clear();
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
