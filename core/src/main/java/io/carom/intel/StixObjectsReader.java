package io.carom.intel;

import io.carom.intel.json.JsonValue;
import io.carom.intel.json.JsonValue.Members;
import io.carom.intel.pattern.Pattern;
import io.carom.intel.pattern.PatternException;
import io.carom.intel.pattern.StixVersion;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Takes the objects of a STIX 2.0 or 2.1 bundle (or TAXII envelope) one after another. Who made an object
/// and how it is marked may come behind it, so indicators are settled at the end.
///
/// A pattern that only names values gives those as indicators; any other is kept as a pattern. Observables
/// are taken only where the user wants what was observed: they are facts about what somebody saw, not signs.
final class StixObjectsReader {
    /// Longest piece of an object that is shown in a fault.
    private static final int SHOWN = 120;

    /// @param version when the object was changed last; null where it has no versions
    private record Pending(
            IntelType type,
            String value,
            Facts.Draft facts,
            String creator,
            List<String> markings,
            @Nullable Instant version) {}

    private final String document;
    private final boolean observed;
    private final Gathered into;
    private final List<Pending> pending = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, Tlp> markings = new HashMap<>();
    private final Map<String, String> statements = new HashMap<>();
    /// The latest version of each indicator.
    private final Map<String, Instant> versions = new HashMap<>();
    /// When each indicator was seen last.
    private final Map<String, Instant> sightings = new HashMap<>();

    private boolean over;

    /// @param observed whether observables are wanted too
    StixObjectsReader(String document, boolean observed, Gathered into) {
        this.document = document;
        this.observed = observed;
        this.into = into;
    }

    void take(JsonValue object, int number) {
        if (!(object instanceof Members it)) {
            into.fault(document + "#object " + number + ": expected a STIX object, found something else");
            return;
        }
        String type = it.text("type", "");
        String id = it.text("id", "object " + number);
        switch (type) {
            case "indicator" -> indicator(it, id);
            case "identity" -> names.put(id, it.text("name", ""));
            case "marking-definition" -> marking(it, id);
            case "sighting" -> sighting(it);
            case "observed-data" -> {
                if (observed && it.get("objects") instanceof Members objects) {
                    objects.values().values().forEach(o -> {
                        if (o instanceof Members one) {
                            observable(one, it, id);
                        }
                    });
                } else {
                    into.leave("STIX object \"observed-data\": asked for with --observed");
                }
            }
            case "ipv4-addr",
                    "ipv6-addr",
                    "domain-name",
                    "url",
                    "email-addr",
                    "file",
                    "artifact",
                    "x509-certificate",
                    "user-account",
                    "mutex",
                    "windows-registry-key",
                    "autonomous-system",
                    "directory" -> {
                if (observed) {
                    observable(it, it, id);
                } else {
                    into.leave("STIX object \"" + type + "\": asked for with --observed");
                }
            }
            case "" -> into.fault(document + "#" + cut(id) + ": an object without \"type\" is no STIX object");
            default -> into.leave("STIX object \"" + cut(type) + "\" names no indicator");
        }
    }

    private void indicator(Members it, String id) {
        String place = document + "#" + cut(id);
        String pattern = it.text("pattern");
        if (pattern == null) {
            into.fault(place + ": an indicator without \"pattern\"");
            return;
        }
        String kind = it.text("pattern_type", "stix");
        if (!kind.equals("stix")) {
            into.fault(place + ": a pattern of type \"" + cut(kind) + "\" is not read; expected \"stix\""
                    + (kind.equals("sigma") ? ". Sigma rules go to --rules" : ""));
            return;
        }
        Facts.Draft facts = facts(it, id);
        if (it.text("valid_from") != null && facts.validFrom == null
                || it.text("valid_until") != null && facts.validUntil == null) {
            into.fault(place + ": valid_from or valid_until is no time; expected 2019-04-15T00:00:00Z");
            return;
        }
        StixVersion version = it.text("spec_version", "2.0").equals("2.1") ? StixVersion.V2_1 : StixVersion.V2_0;
        Pattern read;
        try {
            read = Pattern.parse(pattern, version);
        } catch (PatternException e) {
            into.fault(place + ": the pattern is wrong at " + e.getMessage());
            return;
        }
        SimplePatterns.Values values = SimplePatterns.of(read);
        List<String> marks = markings(it);
        String creator = it.text("created_by_ref", "");
        Instant changed = facts.made;
        if (changed != null && versions.size() < Gathered.MAX_INDICATORS) {
            versions.merge(facts.id, changed, (a, b) -> a.isBefore(b) ? b : a);
        }
        for (SimplePatterns.Named named : values.named()) {
            hold(new Pending(named.type(), named.value(), facts, creator, marks, changed));
        }
        if (!values.whole() || values.named().isEmpty()) {
            // A value that only pages together with others is not hunted for alone.
            hold(new Pending(IntelType.PATTERN, pattern, facts, creator, marks, changed));
        }
    }

    /// What marks the object or a part of it: what is kept of it is not told apart by parts (STIX 2.1,
    /// section 7.2.3).
    private static List<String> markings(Members it) {
        List<String> marks = texts(it, "object_marking_refs");
        for (JsonValue part : it.items("granular_markings")) {
            if (part instanceof Members one && one.text("marking_ref") != null) {
                marks.add(one.text("marking_ref", ""));
            }
        }
        return marks;
    }

    /// That an indicator was seen renews it; one that says it was looked for and not seen does not.
    private void sighting(Members it) {
        String of = cut(it.text("sighting_of_ref", ""));
        Instant seen = time(it.text("last_seen", it.text("first_seen", it.text("modified", it.text("created", "")))));
        boolean never = it.get("count") instanceof JsonValue.Number(java.math.BigDecimal n) && n.signum() == 0;
        if (!of.startsWith("indicator--") || seen == null || never || it.yes("revoked")) {
            into.leave("STIX object \"sighting\" tells of no indicator that it was seen");
        } else if (sightings.size() < Gathered.MAX_INDICATORS || sightings.containsKey(of)) {
            sightings.merge(of, seen, (a, b) -> a.isBefore(b) ? b : a);
        }
    }

    private void hold(Pending one) {
        if (pending.size() >= Gathered.MAX_INDICATORS) {
            if (!over) {
                over = true;
                into.fault(document + ": more than " + Gathered.MAX_INDICATORS
                        + " indicators in one document; the rest is not read. Split it.");
            }
            return;
        }
        pending.add(one);
    }

    private Facts.Draft facts(Members it, String id) {
        Facts.Draft facts = Facts.at(document + "#" + cut(id));
        facts.id = cut(id);
        String name = it.text("name", "");
        String description = it.text("description", "");
        facts.comment = name.isEmpty() || description.contains(name)
                ? description
                : description.isEmpty() ? name : name + ": " + description;
        facts.made = time(it.text("modified", it.text("created", "")));
        facts.validFrom = time(it.text("valid_from", ""));
        facts.validUntil = time(it.text("valid_until", ""));
        facts.revoked = it.yes("revoked");
        if (it.get("confidence") instanceof JsonValue.Number(java.math.BigDecimal n)
                && n.signum() >= 0
                && n.compareTo(java.math.BigDecimal.valueOf(100)) <= 0) {
            facts.confidence = n.intValue();
        }
        texts(it, "labels").forEach(facts::label);
        // STIX 2.0 says in labels what 2.1 says in types.
        facts.detect &= it.text("spec_version", "2.0").equals("2.1")
                || !texts(it, "labels").contains("benign");
        for (String type : texts(it, "indicator_types")) {
            // What is said to be harmless is told so, and nobody is paged for it.
            facts.detect &= !type.equals("benign");
            facts.labels.add(type);
        }
        for (JsonValue phase : it.items("kill_chain_phases")) {
            if (phase instanceof Members p) {
                facts.killChain.add(p.text("kill_chain_name", "") + ":" + p.text("phase_name", ""));
            }
        }
        return facts;
    }

    private void marking(Members it, String id) {
        Tlp known = Tlp.ofMarking(id);
        if (known == null && it.get("definition") instanceof Members definition) {
            String tlp = definition.text("tlp");
            known = tlp == null ? null : Tlp.of(tlp);
            String statement = definition.text("statement");
            if (statement != null) {
                statements.put(id, statement);
            }
        }
        if (it.get("extensions") instanceof Members extensions) {
            // TLP 2.0 is an extension of OASIS's.
            for (JsonValue one : extensions.values().values()) {
                String tlp = one instanceof Members m ? m.text("tlp_2_0") : null;
                known = known == null && tlp != null ? Tlp.of(tlp) : known;
            }
        }
        if (known == null) {
            known = Tlp.of(it.text("name", ""));
        }
        if (known != null) {
            markings.put(id, known);
        }
    }

    private void observable(Members it, Members owner, String id) {
        String type = it.text("type", "");
        Facts.Draft facts = facts(owner, id);
        facts.comment = facts.comment.isEmpty() ? "observed" : facts.comment;
        String creator = owner.text("created_by_ref", "");
        List<String> marks = markings(owner);
        List<SimplePatterns.Named> found = new ArrayList<>();
        switch (type) {
            case "ipv4-addr", "ipv6-addr" -> found.add(new SimplePatterns.Named(IntelType.IP, it.text("value", "")));
            case "domain-name" -> found.add(new SimplePatterns.Named(IntelType.DOMAIN, it.text("value", "")));
            case "url" -> found.add(new SimplePatterns.Named(IntelType.URL, it.text("value", "")));
            case "email-addr" -> found.add(new SimplePatterns.Named(IntelType.EMAIL, it.text("value", "")));
            case "mutex" -> found.add(new SimplePatterns.Named(IntelType.MUTEX, it.text("name", "")));
            case "directory" -> found.add(new SimplePatterns.Named(IntelType.FILE_PATH, it.text("path", "")));
            case "windows-registry-key" ->
                found.add(new SimplePatterns.Named(IntelType.REGISTRY_KEY, it.text("key", "")));
            case "user-account" ->
                found.add(
                        new SimplePatterns.Named(IntelType.ACCOUNT, it.text("account_login", it.text("user_id", ""))));
            case "autonomous-system" -> {
                if (it.get("number") instanceof JsonValue.Number(java.math.BigDecimal number)) {
                    found.add(new SimplePatterns.Named(IntelType.AUTONOMOUS_SYSTEM, number.toPlainString()));
                }
            }
            case "file", "artifact", "x509-certificate" -> {
                if (it.get("hashes") instanceof Members hashes) {
                    hashes.values().forEach((name, value) -> {
                        if (value instanceof JsonValue.Text(String hash)
                                && IntelType.HASH.normal(hash).isPresent()) {
                            found.add(new SimplePatterns.Named(IntelType.HASH, hash));
                        }
                    });
                }
                if (found.isEmpty() && type.equals("file") && it.text("name") != null) {
                    found.add(new SimplePatterns.Named(IntelType.FILE_NAME, it.text("name", "")));
                }
            }
            default -> into.leave("STIX observable \"" + cut(type) + "\" names nothing that is compared");
        }
        for (SimplePatterns.Named named : found) {
            hold(new Pending(named.type(), named.value(), facts, creator, marks, null));
        }
    }

    /// Settles who said what, now that all objects are known.
    void end() {
        for (Pending one : pending) {
            Facts.Draft facts = one.facts;
            Instant version = one.version;
            Instant latest = versions.get(facts.id);
            if (version != null && latest != null && version.isBefore(latest)) {
                // Of an object the latest version counts (STIX 2.1, section 3.6).
                into.leave("STIX object of which a later version is there");
                continue;
            }
            facts.source = names.getOrDefault(one.creator, facts.source);
            Instant seen = sightings.get(facts.id);
            if (seen != null && (facts.made == null || facts.made.isBefore(seen))) {
                facts.made = seen;
            }
            for (String ref : one.markings) {
                Tlp tlp = Tlp.ofMarking(ref);
                facts.tlp = Tlp.stricter(facts.tlp, tlp == null ? markings.get(ref) : tlp);
                String statement = statements.get(ref);
                if (statement != null && !facts.labels.contains(statement)) {
                    facts.labels.add(statement);
                }
            }
            if (!into.add(one.type, one.value, facts.done())) {
                into.fault(facts.origin + ": \"" + cut(one.value) + "\" is no " + one.type.label());
            }
        }
        pending.clear();
    }

    private static List<String> texts(Members it, String name) {
        List<String> texts = new ArrayList<>();
        for (JsonValue value : it.items(name)) {
            if (value instanceof JsonValue.Text(String text)) {
                texts.add(text);
            }
        }
        return texts;
    }

    /// A time with or without fraction and zone; null if it is none.
    static @Nullable Instant time(String text) {
        if (text.isEmpty() || text.length() > 60) {
            return null;
        }
        try {
            return java.time.OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static String cut(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
