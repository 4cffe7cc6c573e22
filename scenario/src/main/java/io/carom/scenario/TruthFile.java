package io.carom.scenario;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// `truth.json`, whose shape `docs/scenario.md` describes, and `indicators.csv`.
final class TruthFile {
    private TruthFile() {}

    static void write(Truth truth, Path folder, long events) throws IOException {
        try (Writer out = Files.newBufferedWriter(folder.resolve("truth.json"))) {
            Truth.Entry e = truth.entry();
            out.write("{\"events\":" + events + ",\"supplier\":" + quoted(truth.supplier()) + ",\"entry\":"
                    + quoted(e.how()) + ",\"entry_kind\":" + quoted(e.kind()) + ",\"entry_party\":" + quoted(e.party())
                    + ",\"entry_host\":" + quoted(e.host()) + ",\"entry_account\":" + quoted(e.account())
                    + ",\"entry_from\":" + quoted(e.from()) + ",\"entry_time\":" + time(e.time()));
            out.write(",\n\"clients_hit\":" + texts(new TreeSet<>(truth.clientsHit())));
            out.write(",\n\"clients_not_hit\":" + texts(new TreeSet<>(truth.clientsSpared())));
            out.write(",\n\"accounts\":" + texts(truth.accounts()) + ",\n\"clients\":");
            list(out, new TreeMap<>(truth.courses()).values(), TruthFile::course);
            out.write(",\n\"hops\":");
            list(out, truth.hops(), TruthFile::hop);
            out.write(",\n\"clock_skews_ms\":{");
            Iterator<Map.Entry<String, Long>> skews = truth.skews().entrySet().iterator();
            while (skews.hasNext()) {
                Map.Entry<String, Long> skew = skews.next();
                out.write(quoted(skew.getKey()) + ":" + skew.getValue() + (skews.hasNext() ? "," : ""));
            }
            out.write("},\n\"records\":");
            list(out, truth.records(), TruthFile::malicious);
            out.write("}\n");
        }
        try (Writer out = Files.newBufferedWriter(folder.resolve("indicators.csv"))) {
            out.write("type,value,comment\n");
            for (Truth.Indicator indicator : truth.indicators()) {
                out.write(indicator.type() + "," + indicator.value() + "," + indicator.comment() + "\n");
            }
        }
    }

    private static String course(Truth.Course c) {
        return "{\"client\":" + quoted(c.client()) + ",\"link\":" + quoted(c.link()) + ",\"link_kind\":"
                + quoted(c.linkKind()) + ",\"entered\":" + time(c.entered()) + ",\"recon_start\":" + time(c.recon())
                + ",\"movement_start\":" + time(c.movement()) + ",\"recon_from\":" + texts(c.reconFrom()) + "}";
    }

    private static String hop(Truth.Hop h) {
        return "{\"time\":" + time(h.time()) + ",\"from\":" + quoted(h.from()) + ",\"from_party\":"
                + quoted(h.fromParty()) + ",\"to\":" + quoted(h.to()) + ",\"to_party\":" + quoted(h.toParty())
                + ",\"account\":" + quoted(h.account()) + ",\"via\":" + quoted(h.via()) + "}";
    }

    private static String malicious(Truth.Malicious m) {
        return "{\"file\":" + quoted(m.file()) + ",\"line\":" + m.line() + ",\"record\":" + m.record() + ",\"lines\":"
                + m.lines() + ",\"time\":" + time(m.time()) + ",\"why\":" + quoted(m.why()) + "}";
    }

    private static <T> void list(Writer out, Collection<T> values, Function<T, String> form) throws IOException {
        String before = "[\n";
        for (T value : values) {
            out.write(before + form.apply(value));
            before = ",\n";
        }
        out.write(values.isEmpty() ? "[]" : "]");
    }

    private static String texts(Collection<String> values) {
        return "[" + String.join(",", values.stream().map(TruthFile::quoted).toList()) + "]";
    }

    private static String time(long millis) {
        return "\"" + Instant.ofEpochMilli(millis) + "\"";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
