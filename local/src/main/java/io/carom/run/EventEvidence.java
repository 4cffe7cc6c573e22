package io.carom.run;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.Finding;
import io.carom.event.SourceNames;

/// What a finding keeps of the event it stands on.
final class EventEvidence {
    /// A native record longer than this is cut in its finding; the lake has it whole.
    private static final int LONGEST = 8 << 10;

    private static final Attribute SRC = Attribute.of("src_endpoint.ip");
    private static final Attribute DST = Attribute.of("dst_endpoint.ip");
    private static final Attribute HOST = Attribute.of("device.hostname");
    private static final Attribute USER = Attribute.of("user.name");
    private static final Attribute ACTOR = Attribute.of("actor.user.name");

    private EventEvidence() {}

    static Finding.Evidence of(Input input, EventBatch batch, int row) {
        String record = batch.text(batch.nativeText(row));
        String user = batch.text(USER, row);
        return new Finding.Evidence(
                input.path(),
                batch.record(row),
                SourceNames.name(batch.source(row)),
                batch.classUid(row),
                batch.text(SRC, row),
                batch.text(DST, row),
                batch.text(HOST, row),
                user == null ? batch.text(ACTOR, row) : user,
                record.length() > LONGEST ? record.substring(0, LONGEST) : record);
    }
}
