package io.carom.server.listen;

import io.carom.source.InputContext;
import io.carom.source.parse.SyslogHeader;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What a shipper knows of a record beside it: when it was made, where, and by what.
///
/// @param time milliseconds since 1970; {@link Times#NONE} if not known
/// @param host empty if not known, as the others
/// @param program by which it was made
/// @param process its number
record Envelope(long time, String host, String program, String process) {
    static final Envelope NONE = new Envelope(Times.NONE, "", "", "");

    /// What stands before a record is looked at so far.
    private static final int BEGINNING = 64;

    private static final long LATEST = 253_402_300_799_999L;
    private static final InputContext ANY = new InputContext("", ZoneOffset.UTC, Instant.EPOCH);
    private static final Set<String> DAYS = Set.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    /// What a document says of the record in it: in ECS (Beats), as Vector, Fluent Bit and Docker name it,
    /// or as the journal does.
    ///
    /// @param host where else nothing says so
    static Envelope of(JsonNode document, String host) {
        JsonNode syslog = document.path("log").path("syslog");
        JsonNode process = document.path("process");
        String said = first(syslog.path("hostname"), document.path("hostname"));
        // What came over a network is not of the machine that its shipper runs on.
        boolean passedOn = document.path("log").path("source").has("address");
        return new Envelope(
                firstTime(document, "@timestamp", "timestamp", "time", "date"),
                !said.isEmpty() || passedOn ? said : host,
                first(
                        syslog.path("appname"),
                        process.path("name"),
                        document.path("appname"),
                        document.path("program"),
                        document.path("ident"),
                        document.path("SYSLOG_IDENTIFIER")),
                first(
                        syslog.path("procid"),
                        process.path("pid"),
                        document.path("procid"),
                        document.path("pid"),
                        document.path("_PID")));
    }

    /// The same, with what another knows where this says nothing.
    Envelope or(Envelope other) {
        return new Envelope(
                time == Times.NONE ? other.time : time,
                host.isEmpty() ? other.host : host,
                program.isEmpty() ? other.program : program,
                process.isEmpty() ? other.process : process);
    }

    private static String first(JsonNode... nodes) {
        for (JsonNode node : nodes) {
            String text = node.isNumber() ? node.toString() : Shipped.text(node);
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }

    private static long firstTime(JsonNode document, String... names) {
        for (String name : names) {
            long time = time(document.path(name));
            if (time != Times.NONE) {
                return time;
            }
        }
        return Times.NONE;
    }

    /// A time as a text, or as a number since 1970: a whole one's size tells its unit, another is of
    /// seconds.
    static long time(JsonNode node) {
        long time = Times.NONE;
        if (node.isNumber() && !node.isIntegralNumber()) {
            double millis = node.asDouble() * 1000;
            time = millis >= 0 && millis <= LATEST ? Math.round(millis) : Times.NONE;
        } else if (node.isNumber() || node.isString()) {
            String text = node.isNumber() ? node.toString() : node.asString().strip();
            byte[] b = text.getBytes(StandardCharsets.UTF_8);
            time = b.length > BEGINNING ? Times.NONE : Times.any(b, 0, b.length, ANY);
        }
        return time <= 0 || time > LATEST ? Times.NONE : time;
    }

    /// A text behind a syslog header (RFC 5424, section 6) that says what is known. It stays as it is
    /// where it begins with a header or a time itself, or neither time nor program is known.
    String around(String text) {
        return isSilent() || isTimed(text) ? text : header() + text;
    }

    /// The same of a JSON object: it stays as it is where a name in it speaks of a time, or none is known.
    String around(JsonNode object) {
        String text = Shipped.JSON.writeValueAsString(object);
        if (time == Times.NONE || !object.isObject()) {
            return text;
        }
        for (String name : object.propertyNames()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals("ts") || lower.contains("time") || lower.contains("date")) {
                return text;
            }
        }
        return header() + text;
    }

    private boolean isSilent() {
        return time == Times.NONE && program.isEmpty();
    }

    /// Whether it begins with a header or a time, or with what one stands in soon: a digit or a bracket.
    private static boolean isTimed(String text) {
        String begin = text.substring(0, Math.min(text.length(), BEGINNING)).stripLeading();
        if (begin.isEmpty() || "<[{0123456789".indexOf(begin.charAt(0)) >= 0) {
            return true;
        }
        if (begin.length() > 4 && DAYS.contains(begin.substring(0, 3).toLowerCase(Locale.ROOT))) {
            return begin.charAt(3) == ' ' || begin.charAt(3) == ',';
        }
        byte[] b = begin.getBytes(StandardCharsets.UTF_8);
        SyslogHeader header = new SyslogHeader();
        header.parse(b, 0, b.length, ANY);
        return header.present();
    }

    private String header() {
        return "<13>1 " + (time == Times.NONE ? "-" : Instant.ofEpochMilli(time).toString()) + " " + word(host, 255)
                + " " + word(program, 48) + " " + word(process, 128) + " - - ";
    }

    /// Printable and without blanks, as RFC 5424 wants its names, and no longer than it allows.
    private static String word(String text, int most) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < text.length() && word.length() < most; i++) {
            char c = text.charAt(i);
            if (c > ' ' && c < 0x7F) {
                word.append(c);
            }
        }
        return word.isEmpty() ? "-" : word.toString();
    }
}
