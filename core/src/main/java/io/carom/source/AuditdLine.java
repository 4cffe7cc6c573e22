package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.Column;

/// Records of Linux' audit system that stand alone among other lines: one in a log of the kernel or of a
/// collector, and the form without a serial number in which journald hands them on (`audit[811]: USER_LOGIN
/// pid=811 …`). Their events cannot be joined from several; see {@link Auditd} for the log itself.
@AutoService(Source.class)
public final class AuditdLine implements LineSource {
    private static final ThreadLocal<AuditRecord> RECORD = ThreadLocal.withInitial(AuditRecord::new);
    private static final ThreadLocal<AuditEvents> EVENTS = ThreadLocal.withInitial(AuditEvents::new);
    private static final InputContext ANY = new InputContext("", java.time.ZoneOffset.UTC, java.time.Instant.EPOCH);

    @Override
    public String name() {
        return "auditd-line";
    }

    @Override
    public String product() {
        return "Linux audit 1 to 4, single records among other lines";
    }

    @Override
    public boolean claims(Line line) {
        return RECORD.get().parse(line.bytes(), line.from(), line.to(), ANY) || behindType(line) > 0;
    }

    @Override
    public void read(Line line, Row row) {
        AuditEvents events = EVENTS.get();
        events.begin();
        AuditRecord record = RECORD.get();
        if (record.parse(row.bytes(), line.from(), line.to(), row.context())) {
            events.expect(row.bytes(), record);
            events.record(row, record, line.to());
        } else {
            int end = behindType(line);
            events.typed(row, Column.pack(line.from(), end), end, line.to());
        }
        events.end(row);
    }

    /// Where the type ends that begins a message of the program `audit`, or -1.
    private static int behindType(Line line) {
        long app = line.header().app();
        if (app < 0 || Column.length(app) != 5 || !line.at(Column.from(app), "audit")) {
            return -1;
        }
        byte[] b = line.bytes();
        int end = AuditRecord.word(b, line.from(), line.to());
        return AuditEvents.isKnown(b, line.from(), end) ? end : -1;
    }
}
