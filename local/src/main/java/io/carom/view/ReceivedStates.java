package io.carom.view;

import io.carom.health.Alarm;
import io.carom.health.KeptHealth;
import io.carom.health.SourceState;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How the sources are that `carom serve` listens to, and what of that is out of the ordinary.
final class ReceivedStates {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// So many alarms are shown.
    private static final int MOST = 200;

    private final View view;

    ReceivedStates(View view) {
        this.view = view;
    }

    /// Adds `received`, a row a source, and `alarms`, those that are open, the newest first; both with
    /// the members that `carom sources --json` prints, empty where nothing was ever listened to.
    /// Samples are parts of records as they came.
    void of(ObjectNode out) throws IOException {
        ArrayNode received = out.putArray("received");
        ArrayNode alarms = out.putArray("alarms");
        if (!KeptHealth.exists(view.home())) {
            return;
        }
        try (KeptHealth health = KeptHealth.open(view.home())) {
            for (KeptHealth.Kept one : health.states()) {
                if (view.sight().sees(one.state().client())) {
                    received(one, received.addObject());
                }
            }
            alarms(health, MOST, alarms);
        }
    }

    /// Alarms that are open, the newest first.
    List<ObjectNode> alarms(int most) throws IOException {
        List<ObjectNode> out = new ArrayList<>();
        if (KeptHealth.exists(view.home())) {
            try (KeptHealth health = KeptHealth.open(view.home())) {
                ArrayNode all = JSON.createArrayNode();
                alarms(health, most, all);
                all.forEach(one -> out.add((ObjectNode) one));
            }
        }
        return out;
    }

    private void alarms(KeptHealth health, int most, ArrayNode out) throws IOException {
        // Asked by client, or many alarms of others would leave no room for one's own.
        for (Alarm one : health.alarms(view.sight().client(), true, most)) {
            if (view.sight().sees(one.client())) {
                alarm(one, out.addObject());
            }
        }
    }

    private static void received(KeptHealth.Kept kept, ObjectNode out) {
        SourceState s = kept.state();
        out.put("client", s.client())
                .put("received_from", s.source())
                .put("sender", s.sender())
                .put("events", s.events())
                .put("rejects", s.rejects())
                .put("bytes", s.bytes())
                .put("first_heard", time(s.first()))
                .put("last_heard", time(s.last()))
                .put("last_event", s.eventTime() == 0 ? null : time(s.eventTime()))
                .put("events_a_second", s.rate())
                .put("lag_seconds", s.lag() / 1e3)
                .put("reject_share", s.rejectShare())
                .put("as_of", time(kept.written()));
        s.formats().forEach(out.putArray("formats")::add);
        ArrayNode open = out.putArray("alarms");
        s.alarms().forEach(a -> open.add(a.kind().label()));
    }

    private static void alarm(Alarm alarm, ObjectNode out) {
        out.put("client", alarm.client())
                .put("received_from", alarm.source())
                .put("alarm", alarm.kind().label())
                .put("since", time(alarm.since()))
                .put("text", alarm.text())
                .put("sample", alarm.sample())
                .put("severity", alarm.kind().severity())
                .put("to_do", alarm.kind().toDo());
    }

    private static @Nullable String time(long millis) {
        return millis == Long.MAX_VALUE || millis == Long.MIN_VALUE
                ? null
                : Instant.ofEpochMilli(millis).toString();
    }
}
