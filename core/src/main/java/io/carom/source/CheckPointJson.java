package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import java.util.HashMap;
import java.util.Map;

/// Check Point logs as JSON: Log Exporter's `json` format and the REST API's, whose names differ in part.
///
/// The same records and the same mapping as {@link CheckPoint}; table fields end in `_._._match_table`.
@AutoService(Source.class)
public final class CheckPointJson implements JsonSource {
    private static final int UID = FieldNames.of("loguid");
    private static final int UID_LARGE = FieldNames.of("UUid");
    private static final int PRODUCT = FieldNames.of("product");
    private static final int PRODUCT_LARGE = FieldNames.of("ProductName");
    private static final int ORIGIN = FieldNames.of("origin");
    private static final int SEQUENCE = FieldNames.of("sequencenum");

    /// Other spellings of the names that the mapping reads.
    private static final Map<Integer, Integer> SAME = same(
            "UUid",
            "loguid",
            "ProductName",
            "product",
            "Action",
            "action",
            "sip",
            "src",
            "dip",
            "dst",
            "sport",
            "s_port",
            "dport",
            "service",
            "protnum",
            "proto",
            "login",
            "user",
            "bytesin",
            "received_bytes",
            "bytesout",
            "sent_bytes",
            "threatname",
            "threat_name",
            "rule_name_._._match_table",
            "rule_name",
            "rule_uid_._._match_table",
            "rule_uid",
            "vpn_feature",
            "vpn_feature_name");

    private static Map<Integer, Integer> same(String... names) {
        Map<Integer, Integer> same = new HashMap<>();
        for (int i = 0; i < names.length; i += 2) {
            same.put(FieldNames.of(names[i]), FieldNames.of(names[i + 1]));
        }
        return Map.copyOf(same);
    }

    @Override
    public String name() {
        return "checkpoint-json";
    }

    @Override
    public String product() {
        return "Check Point R80 to R81.20: Log Exporter (JSON)";
    }

    @Override
    public boolean claims(Row row) {
        return (row.has(UID) || row.has(UID_LARGE))
                && (row.has(PRODUCT) || row.has(PRODUCT_LARGE))
                && (row.has(ORIGIN) || row.has(SEQUENCE));
    }

    @Override
    public void read(Row row) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            Integer usual = SAME.get(batch.slotField(slot));
            if (usual != null) {
                batch.rename(slot, usual);
            }
        }
        row.map(CheckPoint.mapping(row));
    }
}
