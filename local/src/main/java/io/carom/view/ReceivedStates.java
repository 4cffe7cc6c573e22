package io.carom.view;

import io.carom.health.Alarm;
import io.carom.health.KeptHealth;
import io.carom.health.SourceState;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How the sources are that `carom serve` listens to, and what of that is out of the ordinary.
final class ReceivedStates {
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
            alarms.addAll(alarms(health, MOST));
        }
    }

    /// Alarms that are open, the newest first.
    List<ObjectNode> alarms(int most) throws IOException {
        if (!KeptHealth.exists(view.home())) {
            return List.of();
        }
        try (KeptHealth health = KeptHealth.open(view.home())) {
            return alarms(health, most);
        }
    }

    private List<ObjectNode> alarms(KeptHealth health, int most) throws IOException {
        // Asked by client, or many alarms of others would leave no room for one's own.
        return health.alarms(view.sight().client(), true, most).stream()
                .filter(one -> view.sight().sees(one.client()))
                .map(Alarm::json)
                .toList();
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

    private static @Nullable String time(long millis) {
        return millis == Long.MAX_VALUE || millis == Long.MIN_VALUE
                ? null
                : Instant.ofEpochMilli(millis).toString();
    }
}
