package io.carom.server.log;

import io.carom.text.Unseen;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// The log of a server: an event a line, as text for people or as JSON with the fields of the Elastic
/// Common Schema. Much of what is told came from logs, mails and requests: whatever is in it, a line
/// stays one, and what would not be seen is written by its number. For any number of threads.
///
/// @param component which part of the server speaks
public record Log(String component) {
    public enum Format {
        TEXT,
        JSON
    }

    public enum Level {
        INFO,
        WARN,
        ERROR
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 4_000;

    private record Output(PrintWriter to, Format format, InstantSource clock) {}

    /// Until it is said otherwise; the stream is asked for each time, for it may be another one later.
    private static volatile @Nullable Output output;

    public static Log of(String component) {
        return new Log(component);
    }

    /// Where all lines go from now on. What libraries have to say joins them, from warnings on.
    public static void to(PrintWriter writer, Format format, InstantSource clock) {
        output = new Output(writer, format, clock);
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new OfLibraries());
        root.setLevel(java.util.logging.Level.WARNING);
    }

    public void info(String message) {
        write(Level.INFO, message, null, null);
    }

    public void warn(String message) {
        write(Level.WARN, message, null, null);
    }

    /// @param id that whoever met the error was given; null where nobody was
    public void error(String message, @Nullable String id, @Nullable Throwable cause) {
        write(Level.ERROR, message, id, cause);
    }

    private void write(Level level, String message, @Nullable String id, @Nullable Throwable cause) {
        Output known = output;
        Instant now = known == null ? Instant.now() : known.clock.instant();
        String line = line(known == null ? Format.TEXT : known.format, now, level, component, message, id, cause);
        PrintWriter to = known == null ? new PrintWriter(System.err, true, StandardCharsets.UTF_8) : known.to;
        // In one go: lines of several threads do not mix.
        to.write(line + "\n");
        to.flush();
    }

    static String line(
            Format format,
            Instant time,
            Level level,
            String component,
            String message,
            @Nullable String id,
            @Nullable Throwable cause) {
        String at = time.truncatedTo(ChronoUnit.MILLIS).toString();
        if (format == Format.TEXT) {
            return at + " " + level + " " + shown(component) + ": " + shown(message)
                    + (cause == null ? "" : ": " + shown(said(cause)) + where(cause))
                    + (id == null ? "" : " (error " + shown(id) + ")");
        }
        ObjectNode out = JSON.createObjectNode();
        // The order and the first four of ecs-logging.
        out.put("@timestamp", at)
                .put("log.level", level.name().toLowerCase(Locale.ROOT))
                .put("message", shown(message))
                .put("ecs.version", "1.2.0")
                .put("service.name", "carom")
                .put("log.logger", shown(component))
                .put("process.thread.name", shown(Thread.currentThread().getName()));
        if (id != null) {
            out.put("error.id", shown(id));
        }
        if (cause != null) {
            out.put("error.type", cause.getClass().getName())
                    .put("error.message", shown(String.valueOf(cause.getMessage()) + where(cause)));
        }
        return JSON.writeValueAsString(out);
    }

    private static String said(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getName() : cause.toString();
    }

    /// The place of ours that is nearest to where it happened.
    private static String where(Throwable cause) {
        for (StackTraceElement frame : cause.getStackTrace()) {
            if (frame.getClassName().startsWith("io.carom.")) {
                return " at " + frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber();
            }
        }
        return "";
    }

    /// One line, whatever is in it, and no longer than is read.
    static String shown(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), LONGEST) + 8);
        for (int i = 0; i < text.length(); ) {
            if (out.length() >= LONGEST) {
                return out.append('…').toString();
            }
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (Unseen.isOrOddBlank(point)) {
                out.append(String.format(Locale.ROOT, point > 0xFFFF ? "\\U%08x" : "\\u%04x", point));
            } else {
                out.appendCodePoint(point);
            }
        }
        return out.toString();
    }

    /// What libraries say by `java.util.logging`, or by SLF4J, which leads there.
    private static final class OfLibraries extends Handler {
        private final SimpleFormatter words = new SimpleFormatter();

        @Override
        public void publish(LogRecord record) {
            if (isLoggable(record)) {
                boolean severe = record.getLevel().intValue() >= java.util.logging.Level.SEVERE.intValue();
                Log.of(String.valueOf(record.getLoggerName()))
                        .write(
                                severe ? Level.ERROR : Level.WARN,
                                words.formatMessage(record),
                                null,
                                record.getThrown());
            }
        }

        @Override
        public void flush() {
            // Each line is written whole.
        }

        @Override
        public void close() {
            // The stream is not this one's.
        }
    }
}
