package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.Column;

/// Messages for people behind a syslog header, of products without a reader of their own.
///
/// Addresses, ports and users are found by the words before them ({@link Prose}). A line without a header
/// is claimed only when it begins with a time, or when its words announce an address or a user (`from
/// 192.0.2.1`, `user 'jane'`), so that other text is not taken for a log.
@AutoService(Source.class)
public final class GenericSyslog implements LineSource {
    private static final ThreadLocal<Prose> PROSE = ThreadLocal.withInitial(Prose::new);

    @Override
    public String name() {
        return "generic-syslog";
    }

    @Override
    public String product() {
        return "syslog (RFC 3164, RFC 5424) of products without a reader of their own";
    }

    @Override
    public int rank() {
        return -110;
    }

    @Override
    public boolean claims(Line line) {
        if (line.header().present()) {
            return true;
        }
        Prose prose = PROSE.get();
        prose.search(line.bytes(), line.from(), line.to());
        return prose.isAnnounced();
    }

    @Override
    public void read(Line line, Row row) {
        GenericFields fields = GenericFields.own();
        if (line.to() > line.from()) {
            fields.message(row, Column.pack(line.from(), line.to()));
        }
        fields.finish(row, line.from(), line.to());
    }
}
