package io.carom.view;

import io.carom.event.Indicator;
import io.carom.intel.Gathered;
import io.carom.intel.IndicatorValue;
import io.carom.intel.IntelDocument;
import io.carom.intel.IntelType;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.intel.Warninglists;
import io.carom.intelstore.IntelStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The indicators of the home, for those who work for all clients; and the block list, for anybody's
/// firewall.
public final class IntelDesk {
    private static final ObjectMapper JSON = new ObjectMapper();
    /// Actions of incidents that homes keep from before named no more; the rest is among the indicators.
    private static final int ONCE_NAMED = 20;

    private final View view;

    public IntelDesk(View view) {
        this.view = view;
    }

    /// Indicators that hold a text: `indicators`, `total`, `active`.
    public ObjectNode all(String text, int most) throws IOException {
        ObjectNode out = JSON.createObjectNode();
        ArrayNode into = out.putArray("indicators");
        long total = 0;
        long active = 0;
        if (view.sight().all() && IntelStore.exists(view.home())) {
            String wanted = text.toLowerCase(Locale.ROOT);
            try (IntelStore store = IntelStore.open(view.home())) {
                for (IntelStore.Kept kept : store.all(view.now())) {
                    active += kept.active() ? 1 : 0;
                    ThreatIndicator one = kept.indicator();
                    if (!wanted.isEmpty()
                            && !one.value().toLowerCase(Locale.ROOT).contains(wanted)
                            && !one.facts().comment().toLowerCase(Locale.ROOT).contains(wanted)
                            && !one.facts().source().toLowerCase(Locale.ROOT).contains(wanted)) {
                        continue;
                    }
                    total++;
                    if (into.size() < most) {
                        Tlp tlp = one.facts().tlp();
                        Instant until = one.facts().validUntil();
                        into.addObject()
                                .put("type", one.type().label())
                                .put("value", one.value())
                                .put("source", one.facts().source())
                                .put("comment", one.facts().comment())
                                .put("confidence", one.facts().confidence())
                                .put("tlp", tlp == null ? "" : tlp.label())
                                .put("origins", kept.origins().size())
                                .put("valid_until", until == null ? null : until.toString())
                                .put("active", kept.active())
                                .put("false_alarm", kept.falseAlarm());
                    }
                }
            }
        }
        return out.put("total", total).put("active", active);
    }

    /// Takes what was pasted: `added`, `changed`, `same`, `faults`.
    public ObjectNode add(String name, String text) throws IOException {
        Gathered gathered = new Gathered();
        IntelDocument.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), name, true, true, gathered);
        ObjectNode out = JSON.createObjectNode();
        int added = 0;
        int changed = 0;
        int same = 0;
        if (view.sight().all() && !gathered.isEmpty()) {
            try (IntelStore store = IntelStore.open(view.home())) {
                IntelStore.Change change = store.merge(name, gathered.indicators(), view.now());
                added = change.added();
                changed = change.changed();
                same = change.same();
            }
        }
        out.put("added", added).put("changed", changed).put("same", same);
        ArrayNode faults = out.putArray("faults");
        gathered.faults().stream().limit(20).forEach(faults::add);
        return out;
    }

    /// Marks a value as a false alarm: it is not looked for from now on, at any client. For those who see
    /// all of them.
    public void falseAlarm(String value, String why) throws IOException {
        if (!view.sight().all()) {
            return;
        }
        try (IntelStore store = IntelStore.open(view.home())) {
            store.markFalseAlarm(value, why, view.now());
        }
    }

    /// Takes the mark of a false alarm back: it is looked for again, where a document says so.
    ///
    /// @return whether the value was marked
    public boolean noFalseAlarm(String value) throws IOException {
        if (!view.sight().all() || !IntelStore.exists(view.home())) {
            return false;
        }
        try (IntelStore store = IntelStore.open(view.home())) {
            if (!store.falseAlarms().contains(value)) {
                return false;
            }
            store.markFalseAlarm(value, "", view.now());
            return true;
        }
    }

    /// Takes an indicator out whole, whoever named it. A feed that names it again brings it back.
    ///
    /// @return whether there was such an indicator
    public boolean remove(String type, String value) throws IOException {
        IntelType known = IntelType.labelled(type);
        if (known == null || !view.sight().all() || !IntelStore.exists(view.home())) {
            return false;
        }
        try (IntelStore store = IntelStore.open(view.home())) {
            return store.remove(known, value) > 0;
        }
    }

    /// What a firewall is to block, one value a line: addresses, names or pages that open incidents in
    /// sight propose to block, what was blocked of closed ones that were no false alarm, and to those who
    /// see all clients the active indicators too. What is on a warninglist, or marked as a false alarm, is
    /// left out.
    ///
    /// @param form `ip`, `domain` or `url`
    public String blockList(String form) throws IOException {
        Set<String> out = new TreeSet<>();
        Warninglists excused = view.excused();
        Map<String, Set<String>> agreed = view.secondPerson().agreedTargets();
        Set<String> values = new TreeSet<>();
        for (ObjectNode incident : view.incidents()) {
            if (!incident.path("false_alarm").asBoolean(false)) {
                blocked(incident, agreed.getOrDefault(incident.path("id").asString(""), Set.of()), values);
            }
        }
        Set<String> falseAlarms = Set.of();
        if (IntelStore.exists(view.home())) {
            try (IntelStore store = IntelStore.open(view.home())) {
                falseAlarms = store.falseAlarms();
                if (view.sight().all()) {
                    for (IntelStore.Kept kept : store.all(view.now())) {
                        if (kept.active()) {
                            kept.indicator().asked().ifPresent(i -> take(i, form, excused, out));
                        }
                    }
                }
            }
        }
        for (String value : values) {
            IndicatorValue.Typed known = IndicatorValue.of(value).orElse(null);
            if (known != null && !falseAlarms.contains(value) && !falseAlarms.contains(known.value())) {
                take(new Indicator(known.type(), known.value(), "", ""), form, excused, out);
            }
        }
        return out.isEmpty() ? "" : String.join("\n", out) + "\n";
    }

    /// What of an incident is to be blocked.
    ///
    /// @param agreed what a second person agreed to when the action named less; what the incident has no
    /// more is not blocked
    private static void blocked(ObjectNode incident, Set<String> agreed, Set<String> out) {
        boolean closed = incident.path("status").asString("").equals("closed");
        boolean any = false;
        boolean all = true;
        boolean cut = false;
        for (JsonNode action : incident.path("actions")) {
            if (action.path("kind").asString("").equals("block")) {
                boolean holds = closed ? done(action) : done(action) || !action.has("second_person");
                any = true;
                all &= holds;
                cut |= action.path("targets").size() == ONCE_NAMED;
                if (holds) {
                    action.path("targets").forEach(t -> out.add(t.asString("")));
                }
            }
        }
        for (JsonNode indicator : incident.path("indicators")) {
            String value = indicator.asString("");
            if (any && (all && cut || agreed.contains(value))) {
                out.add(value);
            }
        }
    }

    /// Where a second person is asked for blocking, what nobody agreed to and nobody did is only
    /// proposed; in an incident that is closed, what nobody did.
    private static boolean done(JsonNode action) {
        return action.has("done")
                || action.path("approval").path("state").asString("").equals("yes");
    }

    private static void take(Indicator one, String form, Warninglists excused, Set<String> out) {
        if (one.type().label().equals(form) && excused.holding(one) == null) {
            out.add(one.value());
        }
    }
}
