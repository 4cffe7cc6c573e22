package io.carom.view;

import io.carom.cases.Cases;
import io.carom.report.TraceJson;
import io.carom.trace.Trace;
import io.carom.trace.Tracer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The hops that led to something, in sight.
public final class Traces {
    private static final int MOST = 20;

    private final View view;

    public Traces(View view) {
        this.view = view;
    }

    /// Readings of how an incident, finding, host, account or address was reached, the likeliest of
    /// each client first;
    /// empty where nothing in sight is called so.
    public List<ObjectNode> of(String what) throws IOException {
        String client = view.sight().client();
        List<ObjectNode> out = new ArrayList<>();
        Snapshot snapshot = view.snapshot();
        view.views().apart(cases -> {
            for (Cases.Start start : cases.starts(what, client)) {
                if (!view.sight().sees(start.client()) || out.size() >= MOST) {
                    continue;
                }
                Tracer tracer = new Tracer(cases.history(), snapshot.parties, cases.suspicions());
                for (Trace trace : tracer.trace(start.client(), start.since())) {
                    out.add(TraceJson.of(start.client(), trace));
                }
            }
            return true;
        });
        if (client == null) {
            return out;
        }
        ClientRedaction redaction = new ClientRedaction(snapshot.audience(view.views(), client), java.util.Set.of());
        return out.stream().map(node -> (ObjectNode) redaction.of(node)).toList();
    }
}
