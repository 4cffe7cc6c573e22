package io.carom.incident;

import io.carom.party.Parties;
import io.carom.trace.History;
import io.carom.trace.Launch;
import io.carom.trace.Suspicion;
import io.carom.trace.Trace;
import io.carom.trace.Tracer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Traces when it is asked, each question once.
final class TracedNow implements Traces {
    private record Question(String client, Map<String, Long> since) {}

    private final History history;
    private final Parties parties;
    private final List<Suspicion> suspicions;
    private final Tracer tracer;
    private final Map<Question, List<Trace>> known = new HashMap<>();
    private List<Launch> told = List.of();
    private @Nullable Tracer again;

    TracedNow(History history, Parties parties, List<Suspicion> suspicions) {
        this.history = history;
        this.parties = parties;
        this.suspicions = suspicions;
        tracer = new Tracer(history, parties, suspicions);
    }

    @Override
    public List<Trace> of(String story, String client, Map<String, Long> since) {
        return known.computeIfAbsent(new Question(client, since), q -> tracer.trace(client, since));
    }

    @Override
    public List<Trace> again(String story, String client, Map<String, Long> since, List<Launch> launches) {
        Tracer by = again;
        if (by == null || !told.equals(launches)) {
            told = List.copyOf(launches);
            by = new Tracer(history, parties, suspicions, told);
            again = by;
        }
        return by.trace(client, since);
    }

    @Override
    public List<Launch> launches(String story, String client, Map<String, Long> since) {
        return tracer.launches(client, of(story, client, since).getFirst());
    }

    @Override
    public String label(String client, String machine, long time) {
        return tracer.label(client, machine, time);
    }
}
