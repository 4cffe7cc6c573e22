package io.carom.server.listen;

import java.io.IOException;
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
/// is kept, and who the host was goes into the name of the source. Where no format is named, what else a
/// shipper knows of a record that does not say it itself is put before it ({@link Envelope#around}).
final class Shipped {
    /// Sources of one request or listener told apart at most; the others go by the listener's name.
    static final int SOURCES = 1000;

    private static final int NAME = 64;
    /// Of one document: a tree takes up to a hundred bytes for each.
    private static final int TOKENS = 200_000;

    static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(100)
                            .maxTokenCount(TOKENS)
                            .maxStringLength(Records.LONGEST * 2)
                            .build())
                    .build())
            .build();

    /// Members that shippers give a document beside the record in it.
    private static final Set<String> BESIDE = Set.of(
            "message",
            "log",
            "line",
            "@timestamp",
            "@version",
            "timestamp",
            "time",
            "date",
            "host",
            "hostname",
            "source",
            "source_type",
            "stream",
            "file",
            "tag",
            "tags",
            "attrs",
            "kubernetes",
            "container_id",
            "container_name",
            "_p");

    private final String name;
    private final Counts counts;
    private final boolean byContent;
    private final Set<String> known = new TreeSet<>();
    private final Map<String, Records> bySource = new LinkedHashMap<>();
    private int records;
    private long size;

    /// @param name the listener's
    /// @param byContent whether no format is named for its records
    Shipped(String name, Counts counts, boolean byContent) {
        this.name = name;
        this.counts = counts;
        this.byContent = byContent;
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

    /// @throws HttpBody.TooLargeException if that is more than is kept at once
    private void add(String host, String what, String record) throws IOException {
        records++;
        Records to = of(host, what);
        int before = to.size();
        to.add(record);
        size += to.size() - before;
        if (size > HttpBody.MOST) {
            throw new HttpBody.TooLargeException(413, "what is in a body is more than is kept at once");
        }
    }

    /// A record that is a text.
    void line(String host, String what, Envelope around, String record) throws IOException {
        add(host, what, byContent ? around.around(record) : record);
    }

    /// A record that is JSON itself.
    void object(String host, String what, Envelope around, JsonNode record) throws IOException {
        add(host, what, byContent ? around.around(record) : JSON.writeValueAsString(record));
    }

    /// A document as Beats, Logstash, Vector and Fluent Bit send it.
    void document(JsonNode document) throws IOException {
        String host = text(document.path("host"));
        if (host.isEmpty()) {
            host = document.path("host").path("name").asString("");
        }
        if (host.isEmpty()) {
            host = document.path("agent").path("hostname").asString("");
        }
        String file = document.path("log").path("file").path("path").asString(text(document.path("file")));
        String what = file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
        String record = record(document, document.size() <= 4);
        if (record.isEmpty()) {
            object(host, what, Envelope.of(document, host), document);
        } else {
            line(host, what, Envelope.of(document, host), record);
        }
    }

    /// An object that something else is said of beside it: a document of a shipper, or a record.
    void within(String host, String what, Envelope around, JsonNode object) throws IOException {
        JsonNode line = object.path("line");
        String record = record(object, false);
        Envelope all = Envelope.of(object, "").or(around);
        if (!record.isEmpty()) {
            line(host, what, all, record);
        } else if (line.isObject() && isBeside(object)) {
            // Docker's own, of a container that writes JSON.
            object(host, what, all, line);
        } else {
            object(host, what, all, object);
        }
    }

    static String text(JsonNode node) {
        return node.isString() ? node.asString() : "";
    }

    /// Whether nothing is in it but what shippers give.
    private static boolean isBeside(JsonNode document) {
        return document.isObject() && document.size() <= BESIDE.size() && BESIDE.containsAll(document.propertyNames());
    }

    /// The product's own record in a document: what it was before a pipeline took it apart, else the
    /// line that was read; empty if it is the document. Windows events stay whole, as their message is
    /// for people.
    ///
    /// @param few whether it has so few members that one called a message is the record
    private static String record(JsonNode document, boolean few) {
        String original = document.path("event").path("original").asString("");
        if (!original.isEmpty()) {
            return original;
        }
        boolean windows = document.has("winlog") || document.has("EventID") || document.has("event_id");
        if (windows) {
            return "";
        }
        if (document.has("message")) {
            boolean shipped = few
                    || document.has("agent")
                    || document.has("beat")
                    || document.has("@metadata")
                    || document.has("source_type")
                    || document.has("log")
                    || isBeside(document);
            return shipped ? text(document.path("message")) : "";
        }
        // Fluent Bit's, and Docker's.
        String log = text(document.path("log"));
        String line = log.isEmpty() ? text(document.path("line")) : log;
        return !line.isEmpty() && isBeside(document) ? line : "";
    }

    int count() {
        return records;
    }

    /// Bytes of what was added.
    long size() {
        return size;
    }

    interface Taker {
        void take(String source, byte[] body);
    }

    /// Hands over what was added, by source.
    void take(Taker taker) {
        for (Map.Entry<String, Records> each : bySource.entrySet()) {
            if (each.getValue().count() > 0) {
                taker.take(each.getKey(), each.getValue().take());
            }
        }
        bySource.clear();
        records = 0;
        size = 0;
    }
}
