package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;

/// Zeek's logs as JSON, a record a line: plain (`LogAscii::use_json`), with `_path` (json-streaming-logs,
/// Corelight),
/// or
/// with `@stream` (the older ROCK form). What the kinds mean is said in {@link ZeekRecords}.
@AutoService(Source.class)
public final class ZeekJson implements JsonSource {
    private static final int SOURCE = SourceNames.of("zeek");
    private static final int PATH = FieldNames.of("_path");
    private static final int STREAM = FieldNames.of("@stream");
    private static final int TS = FieldNames.of("ts");
    private static final int UID = FieldNames.of("uid");
    private static final int ORIG = FieldNames.of("id.orig_h");

    @Override
    public String name() {
        return "zeek";
    }

    @Override
    public String product() {
        return "Zeek 2 to 8 and Corelight, JSON";
    }

    @Override
    public boolean claims(Row row) {
        return row.has(TS)
                        && (row.has(PATH)
                                || row.has(STREAM)
                                || row.has(ORIG)
                                || row.has(UID)
                                || ZeekRecords.isTold(row))
                || row.has(PATH) && ZeekRecords.isKind(row.text(PATH));
    }

    @Override
    public void read(Row row) {
        row.source(SOURCE);
        String path = row.text(PATH);
        if (path == null) {
            path = row.text(STREAM);
        }
        ZeekRecords.map(ZeekRecords.mapping(path == null ? "" : path, row), row);
    }
}
