package io.carom.server.out;

import io.carom.health.Alarm;
import io.carom.health.KeptHealth;
import io.carom.health.SourceHealth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is out of the ordinary for a source, as it is sent: with the members of an incident that
/// messages are made of, and `type` `source_alarm`. What the home keeps of them is opened once, when there
/// is something. For any number of threads.
final class SourceAlarms implements AutoCloseable {
    static final String TYPE = "source_alarm";

    private static final String OPEN = "open";
    private static final String OVER = "over";
    private static final int LATEST = 1_000;

    /// The same about a source is told again after so long, if it lasts then: one that comes and goes
    /// would be told every few minutes.
    private static final Duration AGAIN = Duration.ofHours(1);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;
    private @Nullable KeptHealth kept;

    SourceAlarms(Path home) {
        this.home = home;
    }

    /// What may be sent to a target now, the oldest first: alarms that are open, and the end of those
    /// that were sent.
    List<ObjectNode> due(Targets targets, Targets.Target target, Instant now) throws IOException {
        // A bundle of STIX says nothing of one's own logs.
        if (target.form().equals("stix")) {
            return List.of();
        }
        List<Alarm> latest = latest(target.client());
        Map<String, Instant> told = new HashMap<>();
        Map<Alarm, Targets.Sent> sent = new HashMap<>();
        for (Alarm alarm : latest) {
            Targets.Sent one = targets.sent(target.name(), id(alarm), OPEN);
            if (one != null) {
                sent.put(alarm, one);
                told.merge(about(alarm), one.at(), (x, y) -> x.isAfter(y) ? x : y);
            }
        }
        Instant lately = now.minus(AGAIN);
        List<ObjectNode> due = new ArrayList<>();
        for (Alarm alarm : latest) {
            Targets.Sent one = sent.get(alarm);
            boolean go = alarm.isOpen()
                    ? one != null
                            || !told.getOrDefault(about(alarm), Instant.MIN).isAfter(lately)
                    : one != null && one.tries() > 0;
            if (go) {
                due.add(json(alarm));
            }
        }
        return due;
    }

    /// Those that are open.
    List<ObjectNode> open(@Nullable String client) throws IOException {
        return latest(client).stream()
                .filter(Alarm::isOpen)
                .map(SourceAlarms::json)
                .toList();
    }

    private synchronized List<Alarm> latest(@Nullable String client) throws IOException {
        KeptHealth open = kept;
        if (open == null) {
            if (!KeptHealth.exists(home)) {
                return List.of();
            }
            open = KeptHealth.open(home);
            kept = open;
        }
        List<Alarm> all = new ArrayList<>(open.alarms(client, false, LATEST));
        all.sort(Comparator.comparingLong(Alarm::since));
        return all;
    }

    @Override
    public synchronized void close() throws IOException {
        KeptHealth open = kept;
        kept = null;
        if (open != null) {
            open.close();
        }
    }

    private static String about(Alarm alarm) {
        return SourceHealth.key(alarm.client(), alarm.source()) + "\0" + alarm.kind();
    }

    private static String id(Alarm alarm) {
        String of =
                String.join("\0", alarm.client(), alarm.source(), alarm.kind().label(), String.valueOf(alarm.since()));
        return "alarm-" + UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8));
    }

    static ObjectNode json(Alarm alarm) {
        ObjectNode out = JSON.createObjectNode();
        out.put("type", TYPE)
                .put("id", id(alarm))
                .put("client", alarm.client())
                .put("received_from", alarm.source())
                .put("alarm", alarm.kind().label())
                .put("severity", alarm.kind().severity())
                .put("status", alarm.isOpen() ? OPEN : OVER)
                .put(
                        "title",
                        "Logs " + alarm.source() + " of " + alarm.client() + ": "
                                + alarm.kind().label())
                .put(
                        "summary",
                        alarm.text() + (alarm.sample() == null ? "" : "\nA record that shows it: " + alarm.sample()))
                .put("sample", alarm.sample())
                .put("first_seen", Instant.ofEpochMilli(alarm.since()).toString())
                .put(
                        "last_seen",
                        Instant.ofEpochMilli(alarm.isOpen() ? alarm.since() : alarm.until())
                                .toString());
        ObjectNode action = out.putArray("actions").addObject();
        action.put("text", alarm.kind().toDo());
        if (!alarm.isOpen()) {
            action.putObject("done");
        }
        return out;
    }
}
