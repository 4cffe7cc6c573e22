package io.carom.detect.sigma;

import io.carom.config.Faults;
import io.carom.config.YamlNode;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.OcsfPathException;
import io.carom.event.SourceNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which rules look at which events, and where a rule's fields stand in them; as data, in
/// `logsources.yaml`.
///
/// An entry gives a category, product or service and the events that belong to it. An event may belong to
/// several; all events that belong to the same entries are of one *kind*. A rule looks at a kind when each
/// part of its log source is that of one of the kind's entries. Safe for use by many threads, each with a
/// {@link Classifier} of its own.
public final class LogSources {
    /// Where a value stands.
    public sealed interface Place {
        /// A native field of that name.
        record Native(String field) implements Place {}

        /// An attribute of the event's class.
        record Column(Attribute attribute) implements Place {}
    }

    /// What an event must be to belong to an entry.
    ///
    /// @param readers names of formats; one that ends in `*` stands for all that begin so; empty for any
    /// @param classes OCSF `class_uid`s; empty for any
    /// @param values one of which each field must have, letters in lower case
    private record Condition(Set<String> readers, Set<Integer> classes, Map<Place, Set<String>> values) {
        boolean reads(String reader) {
            return readers.isEmpty() || readers.stream().anyMatch(r -> LogSources.reads(r, reader));
        }
    }

    private record Entry(
            @Nullable String category,
            @Nullable String product,
            @Nullable String service,
            List<Condition> when,
            Map<String, List<Place>> fields) {}

    private final List<Entry> entries;
    private final Map<List<Integer>, Integer> numbers = new HashMap<>();
    private final List<List<Entry>> kinds = new ArrayList<>();

    private LogSources(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /// The log sources that are known without anybody's help.
    public static LogSources standard() {
        try (InputStream in = LogSources.class.getResourceAsStream("logsources.yaml")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            Faults faults = new Faults("logsources.yaml");
            LogSources standard = new LogSources(read(text, faults));
            if (!faults.found().isEmpty()) {
                throw new IllegalStateException(String.join("\n", faults.found()));
            }
            return standard;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// These and a user's own, in the same form; his come first where both name a field.
    public LogSources with(String text, Faults faults) {
        List<Entry> all = new ArrayList<>(read(text, faults));
        all.addAll(entries);
        return new LogSources(all);
    }

    /// Only a user's own.
    public static LogSources of(String text, Faults faults) {
        return new LogSources(read(text, faults));
    }

    // ---- reading
    // -------------------------------------------------------------------------------------------------

    private static List<Entry> read(String text, Faults faults) {
        List<Entry> entries = new ArrayList<>();
        YamlNode root = YamlNode.parse(text, faults);
        if (root != null) {
            for (YamlNode node : root.elements()) {
                Map<String, YamlNode> members =
                        node.members(List.of("category", "product", "service", "when", "fields"));
                List<Condition> when = new ArrayList<>();
                YamlNode conditions = members.get("when");
                if (conditions == null) {
                    node.fault("the entry does not say which events belong to it: \"when\" is missing");
                } else {
                    for (YamlNode condition : conditions.elements()) {
                        when.add(condition(condition));
                    }
                }
                Map<String, List<Place>> fields = new LinkedHashMap<>();
                YamlNode renames = members.get("fields");
                if (renames != null) {
                    renames.members()
                            .forEach((name, places) -> fields.put(
                                    name,
                                    places.elements().stream()
                                            .map(p -> place(p.text(), p))
                                            .toList()));
                }
                String category = part(members.get("category"));
                String product = part(members.get("product"));
                String service = part(members.get("service"));
                if (category == null && product == null && service == null) {
                    node.fault("the entry names no category, product or service");
                }
                entries.add(new Entry(category, product, service, List.copyOf(when), Map.copyOf(fields)));
            }
        }
        return entries;
    }

    private static @Nullable String part(@Nullable YamlNode node) {
        return node == null ? null : node.text().toLowerCase(Locale.ROOT);
    }

    private static Condition condition(YamlNode node) {
        Set<String> readers = new LinkedHashSet<>();
        Set<Integer> classes = new LinkedHashSet<>();
        Map<Place, Set<String>> values = new LinkedHashMap<>();
        node.members().forEach((name, value) -> {
            for (YamlNode element : value.elements()) {
                String text = element.text();
                switch (name) {
                    case "reader" -> readers.add(text);
                    case "class" -> {
                        if (text.matches("\\d{1,6}")) {
                            classes.add(Integer.parseInt(text));
                        } else {
                            element.fault("expected the number of an OCSF class, found \"" + text + "\"");
                        }
                    }
                    default ->
                        values.computeIfAbsent(place(name, element), k -> new LinkedHashSet<>())
                                .add(text.toLowerCase(Locale.ROOT));
                }
            }
        });
        return new Condition(Set.copyOf(readers), Set.copyOf(classes), Map.copyOf(values));
    }

    /// `@http_request.url.path` is an attribute, anything else a native field.
    private static Place place(String text, YamlNode node) {
        if (!text.startsWith("@")) {
            return new Place.Native(text);
        }
        try {
            return new Place.Column(Attribute.of(text.substring(1)));
        } catch (OcsfPathException e) {
            node.fault(String.valueOf(e.getMessage()));
            return new Place.Native(text);
        }
    }

    // ---- answers
    // -------------------------------------------------------------------------------------------------

    /// How many kinds of event were seen so far; they are numbered from 0.
    public synchronized int kinds() {
        return kinds.size();
    }

    private synchronized int number(List<Integer> of) {
        if (of.isEmpty()) {
            return -1;
        }
        return numbers.computeIfAbsent(List.copyOf(of), k -> {
            kinds.add(k.stream().map(entries::get).toList());
            return kinds.size() - 1;
        });
    }

    private synchronized List<Entry> entriesOf(int kind) {
        return kinds.get(kind);
    }

    /// Whether rules of that log source look at events of that kind.
    public boolean covers(int kind, LogSource rule) {
        return covers(entriesOf(kind), rule);
    }

    private static boolean covers(List<Entry> entries, LogSource rule) {
        boolean category = rule.category() == null;
        boolean product = rule.product() == null;
        boolean service = rule.service() == null;
        for (Entry entry : entries) {
            category |= Objects.equals(entry.category, rule.category());
            product |= Objects.equals(entry.product, rule.product());
            service |= Objects.equals(entry.service, rule.service());
        }
        return category && product && service;
    }

    /// Whether any entry could ever make an event that rules of that log source look at.
    public boolean knows(LogSource rule) {
        return covers(entries, rule);
    }

    /// The formats whose events rules of that log source can look at, as the entries name them:
    /// `windows-*`,
    /// `squid`, and `*` where the format does not matter. Empty if no event can belong to it.
    public Set<String> readers(LogSource rule) {
        Set<String> readers = new TreeSet<>();
        if (!knows(rule)) {
            return readers;
        }
        for (Entry entry : entries) {
            boolean asked = entry.category != null && entry.category.equals(rule.category())
                    || entry.service != null && entry.service.equals(rule.service())
                    || rule.category() == null
                            && rule.service() == null
                            && entry.product != null
                            && entry.product.equals(rule.product());
            if (asked
                    && covers(
                            List.of(entry),
                            new LogSource(
                                    entry.category == null ? null : rule.category(),
                                    entry.product == null ? null : rule.product(),
                                    entry.service == null ? null : rule.service()))) {
                for (Condition condition : entry.when) {
                    readers.addAll(condition.readers.isEmpty() ? Set.of("*") : condition.readers);
                }
            }
        }
        return readers;
    }

    /// Whether an entry's name for a format is that of a format.
    public static boolean reads(String name, String format) {
        return name.endsWith("*") ? format.startsWith(name.substring(0, name.length() - 1)) : name.equals(format);
    }

    /// Where a rule's field stands in events of the kind: all named places are values of the field. Never
    /// empty; where nothing is said, the native field of that name.
    public List<Place> places(int kind, LogSource rule, String field) {
        for (Entry entry : entriesOf(kind)) {
            boolean named = entry.category != null && entry.category.equals(rule.category())
                    || entry.service != null && entry.service.equals(rule.service())
                    || entry.category == null && entry.service == null;
            List<Place> places = entry.fields.get(field);
            if (named && places != null) {
                return places;
            }
        }
        return List.of(new Place.Native(field));
    }

    /// A new classifier, for one thread.
    public Classifier classifier() {
        return new Classifier();
    }

    /// Tells the kinds of events. Remembers by the values that decide, so that an event costs one look at
    /// its fields' names and one probe.
    public final class Classifier {
        /// More distinct deciding values than any product has; past it everything is forgotten.
        private static final int MOST = 1 << 15;

        /// A longer value decides nothing.
        private static final int LONGEST = 200;

        private final Map<Integer, Plan> plans = new HashMap<>();
        private @Nullable Plan last;
        private int lastSource = -1;
        private byte[] key = new byte[1024];
        private byte[][] known = new byte[MOST * 2][];
        private int[] kindOf = new int[MOST * 2];
        private int size;

        private Classifier() {}

        /// The kind of event of a row; -1 when no rule can look at it.
        public int kind(EventBatch batch, int row) {
            int source = batch.source(row);
            Plan plan = last;
            if (plan == null || source != lastSource) {
                plan = plans.computeIfAbsent(source, Plan::new);
                last = plan;
                lastSource = source;
            }
            if (plan.entries.length == 0) {
                return -1;
            }
            int length = key(batch, row, plan, source);
            int mask = known.length - 1;
            int at = hash(length) & mask;
            while (known[at] != null) {
                if (Arrays.equals(known[at], 0, known[at].length, key, 0, length)) {
                    return kindOf[at];
                }
                at = at + 1 & mask;
            }
            int kind = number(plan.entries(batch, row));
            if (size++ == MOST) {
                known = new byte[MOST * 2][];
                size = 1;
                at = hash(length) & mask;
            }
            known[at] = Arrays.copyOf(key, length);
            kindOf[at] = kind;
            return kind;
        }

        private int hash(int length) {
            int h = 0;
            for (int i = 0; i < length; i++) {
                h = h * 31 + key[i];
            }
            return h ^ h >>> 15;
        }

        /// Writes what decides: source, class and the values of the fields that conditions ask.
        private int key(EventBatch batch, int row, Plan plan, int source) {
            int at = 0;
            int uid = batch.classUid(row);
            key[at++] = (byte) source;
            key[at++] = (byte) (source >> 8);
            key[at++] = (byte) uid;
            key[at++] = (byte) (uid >> 8);
            byte[] arena = batch.arena();
            for (int slot = batch.firstSlot(row), end = batch.endSlot(row); slot < end; slot++) {
                int field = batch.slotField(slot);
                int index = field < plan.byField.length ? plan.byField[field] : 0;
                if (index > 0) {
                    at = put(at, index, arena, batch.slotValue(slot));
                }
            }
            for (int i = 0; i < plan.columns.length; i++) {
                Column column = batch.column(plan.columns[i]);
                if (column != null && column.has(row)) {
                    at = put(at, 128 + i, arena, column.value(row));
                }
            }
            return at;
        }

        private int put(int at, int index, byte[] arena, long slice) {
            int length = Math.min(Column.length(slice), LONGEST + 1);
            if (at + length + 2 > key.length) {
                key = Arrays.copyOf(key, key.length * 2);
            }
            key[at] = (byte) index;
            key[at + 1] = (byte) length;
            System.arraycopy(arena, Column.from(slice), key, at + 2, length);
            return at + 2 + length;
        }

        /// The entries that events of one format may belong to, and the fields that decide.
        private final class Plan {
            final int[] entries;
            final int[] byField;
            final Attribute[] columns;
            private final String reader;

            Plan(int source) {
                reader = SourceNames.name(source);
                List<Integer> of = new ArrayList<>();
                Set<Place> deciding = new LinkedHashSet<>();
                for (int i = 0; i < LogSources.this.entries.size(); i++) {
                    boolean any = false;
                    for (Condition condition : LogSources.this.entries.get(i).when) {
                        if (condition.reads(reader)) {
                            any = true;
                            deciding.addAll(condition.values.keySet());
                        }
                    }
                    if (any) {
                        of.add(i);
                    }
                }
                entries = of.stream().mapToInt(Integer::intValue).toArray();
                Map<Integer, Integer> fields = new HashMap<>();
                List<Attribute> attributes = new ArrayList<>();
                for (Place place : deciding) {
                    switch (place) {
                        case Place.Native(String field) -> fields.put(FieldNames.of(field), fields.size() + 1);
                        case Place.Column(Attribute attribute) -> attributes.add(attribute);
                    }
                }
                byField = new int
                        [fields.keySet().stream()
                                        .mapToInt(Integer::intValue)
                                        .max()
                                        .orElse(0)
                                + 1];
                fields.forEach((field, index) -> byField[field] = index);
                columns = attributes.toArray(Attribute[]::new);
            }

            List<Integer> entries(EventBatch batch, int row) {
                List<Integer> of = new ArrayList<>();
                for (int i : entries) {
                    for (Condition condition : LogSources.this.entries.get(i).when) {
                        if (condition.reads(reader) && holds(condition, batch, row)) {
                            of.add(i);
                            break;
                        }
                    }
                }
                return of;
            }

            private static boolean holds(Condition condition, EventBatch batch, int row) {
                if (!condition.classes.isEmpty() && !condition.classes.contains(batch.classUid(row))) {
                    return false;
                }
                for (Map.Entry<Place, Set<String>> wanted : condition.values.entrySet()) {
                    if (!has(batch, row, wanted.getKey(), wanted.getValue())) {
                        return false;
                    }
                }
                return true;
            }

            private static boolean has(EventBatch batch, int row, Place place, Set<String> wanted) {
                switch (place) {
                    case Place.Native(String field) -> {
                        int id = FieldNames.of(field);
                        for (int slot = batch.firstSlot(row); slot < batch.endSlot(row); slot++) {
                            if (batch.slotField(slot) == id
                                    && wanted.contains(
                                            batch.text(batch.slotValue(slot)).toLowerCase(Locale.ROOT))) {
                                return true;
                            }
                        }
                        return false;
                    }
                    case Place.Column(Attribute attribute) -> {
                        String text = batch.text(attribute, row);
                        return text != null && wanted.contains(text.toLowerCase(Locale.ROOT));
                    }
                }
            }
        }
    }
}
