package io.carom.view;

import io.carom.cases.Cases;
import io.carom.cases.KeptTraces;
import io.carom.report.TraceJson;
import io.carom.trace.Trace;
import io.carom.trace.Tracer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The hops that led to something, in sight. What was traced once is kept, and traced anew when what it
/// rests on has changed.
public final class Traces {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST = 20;
    /// What is longer is the name of nothing.
    private static final int LONGEST = 500;

    private final View view;

    public Traces(View view) {
        this.view = view;
    }

    /// Readings of how something was reached.
    ///
    /// @param made when it was traced
    /// @param current whether it rests on what is known now
    public record Read(List<ObjectNode> readings, Instant made, boolean current) {
        public Read {
            readings = List.copyOf(readings);
        }
    }

    /// Readings of how an incident, finding, host, account or address was reached, the likeliest of each
    /// client first; empty where nothing in sight is called so.
    public List<ObjectNode> of(String what) throws IOException {
        if (what.isBlank() || what.length() > LONGEST) {
            return List.of();
        }
        Snapshot snapshot = view.snapshot();
        String client = view.sight().client();
        return view.views().apart(cases -> {
            List<Cases.Start> starts = cases.starts(what, client);
            String basis = basis(cases, snapshot, starts);
            Read kept = kept(what, basis);
            return kept != null && kept.current ? kept.readings : shown(traced(cases, what, starts, basis), snapshot);
        });
    }

    /// What is kept of it, current or not; null if it was never traced. Nothing is traced for it.
    public @Nullable Read kept(String what) throws IOException {
        if (what.isBlank() || what.length() > LONGEST) {
            return new Read(List.of(), view.now(), true);
        }
        Snapshot snapshot = view.snapshot();
        return view.views()
                .apart(cases -> {
                    List<Cases.Start> starts = cases.starts(what, view.sight().client());
                    return java.util.Optional.ofNullable(kept(what, basis(cases, snapshot, starts)));
                })
                .orElse(null);
    }

    private String sight() {
        String client = view.sight().client();
        return client == null ? "" : client;
    }

    private @Nullable Read kept(String what, String basis) throws IOException {
        KeptTraces.Kept kept = view.views().traces().of(what, sight());
        if (kept == null) {
            return null;
        }
        List<ObjectNode> readings = new ArrayList<>();
        for (JsonNode one : JSON.readTree(kept.json())) {
            readings.add((ObjectNode) one);
        }
        return new Read(
                shown(readings, view.snapshot()), kept.made(), kept.basis().equals(basis));
    }

    private static String basis(Cases cases, Snapshot snapshot, List<Cases.Start> starts) throws IOException {
        return KeptTraces.version(cases) + " " + snapshot.partiesPrint + " " + starts;
    }

    private List<ObjectNode> traced(Cases cases, String what, List<Cases.Start> starts, String basis)
            throws IOException {
        List<ObjectNode> out = new ArrayList<>();
        if (!starts.isEmpty()) {
            Tracer tracer = new Tracer(cases.history(), view.snapshot().parties, cases.suspicions());
            for (Cases.Start start : starts) {
                if (view.sight().sees(start.client()) && out.size() < MOST) {
                    for (Trace trace : tracer.trace(start.client(), start.since())) {
                        out.add(TraceJson.of(start.client(), trace));
                    }
                }
            }
            ArrayNode all = JSON.createArrayNode();
            out.forEach(all::add);
            view.views().traces().put(what, sight(), new KeptTraces.Kept(basis, view.now(), all.toString()));
        }
        return out;
    }

    /// A client is shown of others what it may know.
    private List<ObjectNode> shown(List<ObjectNode> readings, Snapshot snapshot) throws IOException {
        String client = view.sight().client();
        if (client == null) {
            return readings;
        }
        ClientRedaction redaction = new ClientRedaction(snapshot.audience(view.views(), client), java.util.Set.of());
        return readings.stream().map(node -> (ObjectNode) redaction.of(node)).toList();
    }
}
