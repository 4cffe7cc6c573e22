package io.carom.view;

import io.carom.cases.KeptIncidents;
import io.carom.incident.Suppression;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Findings that are to be expected and are hidden until a day: what is, and who says so.
public final class Hidden {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final View view;

    public Hidden(View view) {
        this.view = view;
    }

    /// What hides findings in sight now, what holds longest first: `id`, `client` (empty for everybody's),
    /// `analytic`, `value`, `reason`, `by`, `made`, `until`. A client is not told whose word it is, nor why.
    public List<ObjectNode> all() throws IOException {
        List<ObjectNode> out = new ArrayList<>();
        String client = view.sight().client();
        for (Suppression one : view.views().ask(cases -> cases.kept().acting())) {
            if (!one.client().isEmpty() && !view.sight().sees(one.client())) {
                continue;
            }
            ObjectNode node = JSON.createObjectNode();
            node.put("id", one.id())
                    .put("client", one.client())
                    .put("analytic", one.analytic())
                    .put("value", one.value())
                    .put("reason", client == null ? one.why() : "")
                    .put("by", client == null ? one.by() : "")
                    .put("made", one.made().toString())
                    .put("until", one.until().toString());
            out.add(
                    client == null
                            ? node
                            : (ObjectNode) new ClientRedaction(view.snapshot().audience(view.views(), client), Set.of())
                                    .of(node));
        }
        return out;
    }

    /// Hides findings as those of an incident are: of an analytic, about a thing or about any, at its client.
    ///
    /// @param value what they are about; empty for any
    /// @return the id; null where the incident is not in sight, or has no such finding
    public @Nullable String hide(String incident, String analytic, String value, String why, String by, Instant until)
            throws IOException {
        ObjectNode one = view.incident(incident);
        if (one == null || !view.sight().all() || !has(one, analytic, value)) {
            return null;
        }
        String client = one.path("client").asString("");
        String id = "sup-" + KeptIncidents.print(client + "\0" + analytic + "\0" + value);
        Suppression hides = new Suppression(id, client, analytic, value, why, by, view.now(), until);
        return view.views().change(cases -> {
            cases.kept().suppress(hides);
            return id;
        });
    }

    private static boolean has(ObjectNode incident, String analytic, String value) {
        for (JsonNode finding : incident.path("findings")) {
            if (finding.path("analytic").asString("").equals(analytic)
                    && (value.isEmpty()
                            || value.toLowerCase(Locale.ROOT)
                                    .equals(finding.path("affected")
                                            .asString("")
                                            .toLowerCase(Locale.ROOT)))) {
                return true;
            }
        }
        return false;
    }

    /// Shows again what it hid.
    ///
    /// @return whether there is such a one that acts
    public boolean show(String id) throws IOException {
        return view.sight().all() && view.views().change(cases -> cases.kept().unsuppress(id));
    }
}
