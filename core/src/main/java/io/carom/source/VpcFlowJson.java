package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;

/// AWS VPC flow logs as JSON: CloudWatch events with the record in `message`, or a member for each
/// field with dashes or underscores in the names. What the fields mean is said in {@link VpcFlow}.
@AutoService(Source.class)
public final class VpcFlowJson implements JsonSource {
    private static final int SOURCE = SourceNames.of("vpc-flow");
    private static final int MESSAGE = FieldNames.of("message");
    private static final int STREAM = FieldNames.of("logStreamName");
    private static final int TIMESTAMP = FieldNames.of("timestamp");
    private static final int INTERFACE = FieldNames.of("interface-id");
    private static final int INTERFACE_TOO = FieldNames.of("interface_id");
    private static final int STATUS = FieldNames.of("log-status");
    private static final int STATUS_TOO = FieldNames.of("log_status");

    @Override
    public String name() {
        return "vpc-flow-json";
    }

    @Override
    public String product() {
        return "AWS VPC Flow Logs, versions 2 to 8, JSON of CloudWatch and of exporters";
    }

    @Override
    public boolean claims(Row row) {
        return row.has(VpcFlow.FROM) && (row.has(INTERFACE) || row.has(INTERFACE_TOO))
                || (row.has(INTERFACE) || row.has(INTERFACE_TOO)) && (row.has(STATUS) || row.has(STATUS_TOO))
                || (row.has(STREAM) || row.has(TIMESTAMP)) && isFlow(row);
    }

    /// Whether `message` begins like a record of version 2: the number, an account of 12 digits, an
    /// interface.
    private static boolean isFlow(Row row) {
        long message = row.value(MESSAGE);
        if (message < 0 || Column.length(message) < 20) {
            return false;
        }
        byte[] b = row.bytes();
        int from = Column.from(message);
        if (b[from] != '2' || b[from + 1] != ' ') {
            return false;
        }
        int at = from + 2;
        int end = from + Column.length(message);
        while (at < end && (b[at] >= '0' && b[at] <= '9')) {
            at++;
        }
        return at == from + 14 && at + 5 < end && CloudFields.startsWith(b, at, end - at, " eni-");
    }

    @Override
    public void read(Row row) {
        row.source(SOURCE);
        if (isFlow(row)) {
            long message = row.value(MESSAGE);
            int from = Column.from(message);
            if (!VpcFlow.cutDefault(row, from, from + Column.length(message))) {
                row.reject("expected the 14 values of a flow record of version 2 in the message");
                return;
            }
        } else {
            EventBatch batch = row.batch();
            int end = batch.slots();
            for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
                String name = FieldNames.name(batch.slotField(slot));
                if (name.indexOf('_') >= 0) {
                    batch.rename(slot, FieldNames.of(name.replace('_', '-')));
                }
            }
        }
        VpcFlow.finish(row);
    }
}
