package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;

/// Zeek's logs as JSON, a record a line: plain (`LogAscii::use_json`), with `_path`
/// (json-streaming-logs, Corelight), or with `@stream` (the older ROCK form). What the kinds mean is
/// said in {@link ZeekRecords}.
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
        dotted(row.batch());
        String path = row.text(PATH);
        if (path == null) {
            path = row.text(STREAM);
        }
        ZeekRecords.map(ZeekRecords.mapping(path == null ? "" : path, row), row);
    }

    /// Stores that allow no dots in names get them as underscores; Zeek's own names have dots.
    private static void dotted(EventBatch batch) {
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            int field = batch.slotField(slot);
            int own = field < DOTTED.length ? DOTTED[field] : 0;
            if (own != 0) {
                batch.rename(slot, own);
            }
        }
    }

    /// By the id of the name with underscores, that of Zeek's own name; 0 where there is none.
    private static final int[] DOTTED = underscored(
            "id.orig_h",
            "id.orig_p",
            "id.resp_h",
            "id.resp_p",
            "id.orig_l2_addr",
            "certificate.version",
            "certificate.serial",
            "certificate.subject",
            "certificate.issuer",
            "certificate.not_valid_before",
            "certificate.not_valid_after",
            "certificate.key_alg",
            "certificate.sig_alg",
            "certificate.key_type",
            "certificate.key_length",
            "certificate.exponent",
            "certificate.curve",
            "basic_constraints.ca",
            "basic_constraints.path_len",
            "san.dns",
            "san.uri",
            "san.email",
            "san.ip",
            "times.modified",
            "times.accessed",
            "times.created",
            "times.changed",
            "seen.indicator",
            "seen.indicator_type",
            "seen.where",
            "seen.node",
            "data_channel.passive",
            "data_channel.orig_h",
            "data_channel.resp_h",
            "data_channel.resp_p",
            "request.host",
            "bound.host",
            "version.major",
            "version.minor",
            "version.minor2",
            "version.minor3",
            "version.addl");

    private static int[] underscored(String... names) {
        int most = 0;
        for (String name : names) {
            most = Math.max(most, FieldNames.of(name.replace('.', '_')));
        }
        int[] out = new int[most + 1];
        for (String name : names) {
            out[FieldNames.of(name.replace('.', '_'))] = FieldNames.of(name);
        }
        return out;
    }
}
