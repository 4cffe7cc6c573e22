package io.carom.server.listen;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// What shippers (Beats, Logstash, Vector, Fluent Bit, Splunk's forwarders, OpenTelemetry's collector)
/// wrap around a product's record: the record itself is what a product's reader knows, so that is what
/// is kept, and who the host was goes into the name of the source.
final class Shipped {
    /// Sources of one request or listener told apart at most; the others go by the listener's name.
    static final int SOURCES = 1000;

    private static final int NAME = 64;

    static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(100)
                            .maxStringLength(Records.LONGEST * 2)
                            .build())
                    .build())
            .build();

    private final String name;
    private final Counts counts;
    private final Set<String> known = new TreeSet<>();
    private final Map<String, Records> bySource = new LinkedHashMap<>();
    private int records;

    /// @param name the listener's
    Shipped(String name, Counts counts) {
        this.name = name;
        this.counts = counts;
    }

    /// Only what a host or file may be called, and not too long; empty for anything else.
    static String plain(String text) {
        if (text.isEmpty() || text.length() > NAME || text.equals(".") || text.equals("..")) {
            return "";
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "._-".indexOf(c) >= 0;
            if (!plain) {
                return "";
            }
        }
        return text;
    }

    /// @param host on which the record was made; empty if not known
    /// @param what the file or kind of it; empty if not known
    private Records of(String host, String what) {
        String source = name;
        if (!plain(host).isEmpty()) {
            source = name + "/" + host + "/" + (plain(what).isEmpty() ? "log" : what);
        } else if (!plain(what).isEmpty()) {
            source = name + ":" + what;
        }
        if (!known.contains(source)) {
            if (known.size() >= SOURCES) {
                source = name;
            }
            known.add(source);
        }
        return bySource.computeIfAbsent(source, s -> new Records(counts));
    }

    void line(String host, String what, String record) {
        records++;
        of(host, what).add(record);
    }

    /// A document as Beats, Logstash and Vector send it.
    void document(JsonNode document) {
        records++;
        String host = text(document.path("host"));
        if (host.isEmpty()) {
            host = document.path("host").path("name").asString("");
        }
        if (host.isEmpty()) {
            host = document.path("agent").path("hostname").asString("");
        }
        String file = document.path("log").path("file").path("path").asString(text(document.path("file")));
        String what = file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
        of(host, what).add(record(document));
    }

    static String text(JsonNode node) {
        return node.isString() ? node.asString() : "";
    }

    /// The product's own record in a document: what it was before a pipeline took it apart, else the
    /// line that was read, else the document. Windows events stay whole, as their message is for
    /// people.
    static String record(JsonNode document) {
        String original = document.path("event").path("original").asString("");
        if (!original.isEmpty()) {
            return original;
        }
        JsonNode message = document.path("message");
        boolean windows = document.has("winlog") || document.has("EventID") || document.has("event_id");
        boolean shipped = document.has("agent")
                || document.has("beat")
                || document.has("@metadata")
                || document.has("source_type")
                || document.has("log")
                || document.size() <= 4;
        return message.isString() && !windows && shipped ? message.asString() : JSON.writeValueAsString(document);
    }

    int count() {
        return records;
    }

    int size() {
        return bySource.values().stream().mapToInt(Records::size).sum();
    }

    interface Taker {
        void take(String source, byte[] body) throws java.io.IOException;
    }

    /// Hands over what was added, by source.
    void take(Taker taker) throws java.io.IOException {
        for (Map.Entry<String, Records> each : bySource.entrySet()) {
            if (each.getValue().count() > 0) {
                taker.take(each.getKey(), each.getValue().take());
            }
        }
        bySource.clear();
        records = 0;
    }
}
