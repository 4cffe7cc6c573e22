package io.carom.intel;

import io.carom.intel.json.JsonTree;
import io.carom.intel.json.JsonValue;
import io.carom.intel.json.JsonValue.Members;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/// Reads intelligence in JSON, told apart by content: STIX bundles and TAXII envelopes, MISP events one or
/// many, MISP's answers, lists of objects with a value and a type. Objects are read one after another, so a
/// bundle is never held whole; JSON values may also stand one a line.
final class JsonIntel {
    private static final Pattern MARKING = Pattern.compile("\\s{0,9}(?:tlp|pap):", Pattern.CASE_INSENSITIVE);

    /// How services name their lists; abuse.ch by the number of what is in it. What logs call observables was
    /// only seen.
    private static final Pattern LISTS = Pattern.compile("indicators|iocs|data|results|pulses|\\d{1,20}");

    /// Containers in each other of which lists are taken: an answer, in it reports, in these indicators.
    private static final int MAX_CONTAINERS = 2;

    private final String document;
    private final Gathered into;
    private final StixObjectsReader stix;
    private final MispReader misp;
    private int objects;
    private boolean known;

    private JsonIntel(String document, boolean observed, Gathered into) {
        this.document = document;
        this.into = into;
        this.stix = new StixObjectsReader(document, observed, into);
        this.misp = new MispReader(document, into);
    }

    static void read(InputStream bytes, String document, boolean observed, Gathered into) throws IOException {
        JsonIntel reader = new JsonIntel(document, observed, into);
        try (JsonParser json = JsonTree.FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            while (json.nextToken() != null) {
                reader.root(json);
            }
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            into.fault(document + ":" + line + ": not read to its end: " + e.getOriginalMessage());
        }
        reader.stix.end();
        if (!reader.known && into.isEmpty()) {
            into.fault(document + ": JSON that is no intelligence; expected a STIX bundle, a MISP event, or objects"
                    + " with a value and a type");
        }
    }

    private void root(JsonParser json) {
        if (json.currentToken() == JsonToken.START_ARRAY) {
            int number = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                one(JsonTree.read(json), ++number);
            }
            return;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            into.fault(document + ": expected a JSON object, found a bare value");
            return;
        }
        Map<String, JsonValue> rest = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("objects") && value == JsonToken.START_ARRAY) {
                known = true;
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    stix.take(JsonTree.read(json), ++objects);
                }
            } else if (name.equals("response") && value == JsonToken.START_ARRAY) {
                known = true;
                int number = 0;
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    one(JsonTree.read(json), ++number);
                }
            } else {
                rest.put(name, JsonTree.read(json));
            }
        }
        if (!rest.isEmpty()) {
            one(new Members(rest), 1);
        }
    }

    private void one(JsonValue value, int number) {
        if (!(value instanceof Members it)) {
            into.fault(document + "#" + number + ": expected an object");
            return;
        }
        if (it.get("Event") instanceof Members event && it.get("type") == null) {
            known = true;
            misp.event(event);
        } else if (it.get("response") instanceof Members response) {
            known = true;
            if (response.get("Event") instanceof Members event) {
                misp.event(event);
            }
            misp.attributes(response.items("Attribute"));
        } else if (it.get("info") != null && (it.get("Attribute") != null || it.get("Object") != null)) {
            known = true;
            misp.event(it);
        } else if (it.get("Attribute") instanceof JsonValue.Items attributes) {
            known = true;
            misp.attributes(attributes.values());
        } else if (it.get("info") != null && it.get("date") != null) {
            known = true;
            into.leave("MISP event without attributes");
        } else if (it.text("type", "").equals("bundle")) {
            // Its objects were taken as they came; what is left are its own members.
            known = true;
        } else if (it.get("id") != null && it.text("id", "").startsWith(it.text("type", "?") + "--")) {
            known = true;
            stix.take(it, number);
        } else if (it.values().values().stream().allMatch(v -> v instanceof Members m && m.get("Orgc") != null)) {
            known = true;
            into.leave("MISP manifest: names events that lie beside it");
        } else {
            listed(it, number);
        }
    }

    /// An object with a value and its type, as feeds and our own `--json` write it.
    private void listed(Members it, int number) {
        String value = first(it, ListReader.VALUE_NAMES);
        if (value.isEmpty()) {
            if (contained(it, null, 0)) {
                known = true;
            } else if (!known) {
                into.fault(document + "#" + number
                        + ": an object of no known kind; expected a STIX object, a MISP event, or"
                        + " an object with \"value\" and \"type\"");
            }
            return;
        }
        known = true;
        Facts facts = facts(it, document + "#" + number);
        if (!ListReader.add(into, first(it, ListReader.TYPE_NAMES), value, facts)) {
            into.fault(document + "#" + number + ": no indicator: \""
                    + (value.length() > 120 ? value.substring(0, 120) + "…" : value) + "\" of type \""
                    + first(it, ListReader.TYPE_NAMES) + "\"");
        }
    }

    /// Takes the lists of indicators that an object holds, as services of intelligence answer; false if it
    /// holds none.
    private boolean contained(Members it, @Nullable Tlp around, int depth) {
        Tlp marking = Tlp.stricter(around, Tlp.stated(it.text("tlp", it.text("TLP", ""))));
        boolean any = false;
        for (Map.Entry<String, JsonValue> list : it.values().entrySet()) {
            if (!(list.getValue() instanceof JsonValue.Items(List<JsonValue> all))
                    || !LISTS.matcher(list.getKey()).matches()) {
                continue;
            }
            for (JsonValue one : all) {
                if (!(one instanceof Members member)) {
                    continue;
                }
                if (!first(member, ListReader.VALUE_NAMES).isEmpty()
                        && !first(member, ListReader.TYPE_NAMES).isEmpty()) {
                    any = true;
                    contained(member, marking);
                } else if (depth < MAX_CONTAINERS) {
                    any |= contained(member, marking, depth + 1);
                }
            }
        }
        return any;
    }

    private void contained(Members it, @Nullable Tlp marking) {
        String value = first(it, ListReader.VALUE_NAMES);
        String type = first(it, ListReader.TYPE_NAMES);
        String place = document + "#" + ++objects;
        Facts.Draft facts = facts(it, place).draft();
        facts.tlp = Tlp.stricter(facts.tlp, marking);
        if (ListReader.add(into, type, value, facts.done())) {
            return;
        }
        if (ListReader.isType(type)) {
            into.fault(place + ": no indicator: \"" + (value.length() > 120 ? value.substring(0, 120) + "…" : value)
                    + "\" of type \"" + type + "\"");
        } else {
            into.leave("indicator of type \"" + (type.length() > 40 ? type.substring(0, 40) + "…" : type)
                    + "\" names nothing that is compared");
        }
    }

    /// What an object says of its value.
    static Facts facts(Members it, String place) {
        Facts.Draft facts = Facts.at(place);
        facts.comment = first(it, ListReader.COMMENT_NAMES);
        facts.source = it.text("source", "");
        facts.detect = it.get("detect") == null || it.yes("detect");
        facts.revoked = it.yes("revoked");
        facts.validFrom = ListReader.time(it.text("valid_from", ""));
        facts.validUntil = ListReader.time(it.text("valid_until", it.text("expiration", "")));
        facts.made = ListReader.time(it.text("made", ""));
        facts.id = it.text("id", "");
        facts.origin = it.text("origin", facts.origin);
        facts.pap = it.text("pap", "");
        facts.tlp = Tlp.stated(it.text("tlp", ""));
        JsonValue confidence = it.get("confidence") == null ? it.get("confidence_level") : it.get("confidence");
        if (confidence instanceof JsonValue.Number(java.math.BigDecimal n)
                && n.signum() >= 0
                && n.compareTo(java.math.BigDecimal.valueOf(100)) <= 0) {
            facts.confidence = n.intValue();
        }
        for (String list : List.of("labels", "tags", "kill_chain")) {
            for (JsonValue label : it.items(list)) {
                if (!(label instanceof JsonValue.Text(String text))) {
                    continue;
                }
                if (list.equals("kill_chain")) {
                    facts.killChain.add(text);
                } else if (MARKING.matcher(text).lookingAt()) {
                    // Others write their marking among the tags.
                    facts.label(text);
                } else {
                    facts.labels.add(text);
                }
            }
        }
        return facts.done();
    }

    private static String first(Members it, List<String> names) {
        for (String name : names) {
            String text = it.text(name);
            if (text != null) {
                return text;
            }
        }
        return "";
    }
}
