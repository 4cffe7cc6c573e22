package io.carom.lake;

import io.carom.event.FieldNames;
import io.carom.source.Line;
import io.carom.source.LineSource;
import io.carom.source.Row;
import io.carom.source.Sources;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.List;

/// A format of the tests' own whose reader is mended from one version to the next:
/// `turnstile|1551657600|pass|anna`.
///
/// The first version knows `pass` alone and takes it for traffic; the second knows `stop` too, and that
/// both are sign-ins.
record Turnstile(int version) implements LineSource {
    private static final Mapping FIRST = Mapping.of("pass", 4001)
            .field("time", "time", Conversion.EPOCH_SECONDS)
            .field("who", "src_endpoint.hostname", Conversion.TEXT)
            .build();
    private static final Mapping SECOND = Mapping.of("pass", 3002)
            .field("time", "time", Conversion.EPOCH_SECONDS)
            .field("who", "user.name", Conversion.TEXT)
            .build();
    private static final int TIME = FieldNames.of("time");
    private static final int WHO = FieldNames.of("who");

    static Sources sources(int version) {
        return Sources.with(List.of(new Turnstile(version)), "turnstile " + version);
    }

    @Override
    public String name() {
        return "turnstile";
    }

    @Override
    public String product() {
        return "none";
    }

    @Override
    public boolean claims(Line line) {
        return line.startsWith("turnstile|");
    }

    @Override
    public void read(Line line, Row row) {
        int from = line.from() + "turnstile|".length();
        int kind = line.indexOf("|", from) + 1;
        int who = line.indexOf("|", kind) + 1;
        if (kind == 0 || who == 0) {
            row.reject("expected four parts");
            return;
        }
        row.field(TIME, from, kind - 1);
        row.field(WHO, who, line.to());
        boolean pass = line.at(kind, "pass|");
        if (!pass && version == 1) {
            row.reject("expected pass");
            return;
        }
        row.map(version == 1 ? FIRST : SECOND);
    }
}
