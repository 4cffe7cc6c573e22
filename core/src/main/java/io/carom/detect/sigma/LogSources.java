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
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
    /// @param values what each field must hold
    /// @param not what the event must not be: none of these may fit
    private record Condition(
            Set<String> readers, Set<Integer> classes, Map<Place, Wanted> values, List<Condition> not) {
        boolean reads(String reader) {
            return readers.isEmpty() || readers.stream().anyMatch(r -> LogSources.reads(r, reader));
        }
    }

    /// The values that fit.
    ///
    /// @param any any value will do
    /// @param exact the values, letters in lower case
    /// @param begins what a value may begin with, letters in lower case
    /// @param texts as they were written
    private record Wanted(boolean any, Set<String> exact, List<String> begins, List<String> texts) {
        static Wanted of(List<String> texts) {
            Set<String> exact = new LinkedHashSet<>();
            List<String> begins = new ArrayList<>();
            for (String text : texts) {
                String lower = text.toLowerCase(Locale.ROOT);
                if (lower.length() > 1 && lower.endsWith("*")) {
                    begins.add(lower.substring(0, lower.length() - 1));
                } else {
                    exact.add(lower);
                }
            }
            boolean any = exact.remove("*");
            return new Wanted(any, Set.copyOf(exact), List.copyOf(begins), List.copyOf(texts));
        }

        /// How many bytes of a value decide. One more than the longest that fits, so that a longer one is
        /// told from it; letters beyond ASCII may change their length with their case.
        int bytes() {
            int most = 0;
            for (String text : exact) {
                most = Math.max(most, bytes(text) + 1);
            }
            for (String text : begins) {
                most = Math.max(most, bytes(text));
            }
            return most;
        }

        private static int bytes(String text) {
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            return bytes == text.length() ? bytes : 3 * bytes;
        }

        boolean fits(String text) {
            if (any) {
                return true;
            }
            String lower = text.toLowerCase(Locale.ROOT);
            return exact.contains(lower) || begins.stream().anyMatch(lower::startsWith);
        }
    }

    /// @param when the events that belong to it; empty for an entry that no event can belong to
    /// @param never why no event can; null where some can
    private record Entry(
            LogSource of,
            List<Condition> when,
            Map<String, List<Place>> fields,
            @Nullable String never) {}

    /// So many kinds are kept, a hundred times what logs hold. Of formats in which any name may stand, who
    /// writes a log can make more; those have one number of each classifier, which is good until it tells
    /// the next.
    public static final int KINDS = 1 << 14;

    private final List<Entry> entries;
    private final Map<List<Integer>, Integer> numbers = new HashMap<>();
    private final List<List<Entry>> kinds = new ArrayList<>();
    /// What the numbers from {@link #KINDS} on stand for at the moment.
    private final List<List<Entry>> passing = new ArrayList<>();

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
                entries.add(entry(node));
            }
        }
        return entries;
    }

    private static Entry entry(YamlNode node) {
        Map<String, YamlNode> members =
                node.members(List.of("category", "product", "service", "when", "fields", "never"));
        List<Condition> when = new ArrayList<>();
        YamlNode conditions = members.get("when");
        YamlNode never = members.get("never");
        if (conditions != null) {
            for (YamlNode condition : conditions.elements()) {
                when.add(condition(condition));
            }
        }
        if (conditions == null && never == null) {
            node.fault("the entry does not say which events belong to it: \"when\" is missing");
        } else if (conditions != null && never != null) {
            never.fault("an entry has either \"when\" or \"never\"");
        }
        Map<String, List<Place>> fields = new LinkedHashMap<>();
        YamlNode renames = members.get("fields");
        if (renames != null) {
            renames.members().forEach((name, where) -> {
                List<Place> places =
                        where.elements().stream().map(p -> place(p.text(), p)).toList();
                if (places.isEmpty()) {
                    where.fault("\"" + name + "\" stands nowhere: name a native field, or @ and an attribute");
                } else {
                    fields.put(name, places);
                }
            });
        }
        LogSource of = new LogSource(
                part(members.get("category")), part(members.get("product")), part(members.get("service")));
        if (of.category() == null && of.product() == null && of.service() == null) {
            node.fault("the entry names no category, product or service");
        }
        return new Entry(
                of, List.copyOf(when), Collections.unmodifiableMap(fields), never == null ? null : never.text());
    }

    private static @Nullable String part(@Nullable YamlNode node) {
        return node == null ? null : node.text().toLowerCase(Locale.ROOT);
    }

    private static Condition condition(YamlNode node) {
        Set<String> readers = new LinkedHashSet<>();
        Set<Integer> classes = new LinkedHashSet<>();
        Map<Place, Wanted> values = new LinkedHashMap<>();
        List<Condition> not = new ArrayList<>();
        node.members().forEach((name, value) -> {
            List<String> texts = new ArrayList<>();
            for (YamlNode element : value.elements()) {
                switch (name) {
                    case "not" -> not.add(condition(element));
                    case "reader" -> readers.add(element.text());
                    case "class" -> {
                        String text = element.text();
                        if (text.matches("\\d{1,6}")) {
                            classes.add(Integer.parseInt(text));
                        } else {
                            element.fault("expected the number of an OCSF class, found \"" + text + "\"");
                        }
                    }
                    default -> texts.add(element.text());
                }
            }
            if (!texts.isEmpty()) {
                values.put(place(name, value), Wanted.of(texts));
            }
        });
        return new Condition(
                Set.copyOf(readers), Set.copyOf(classes), Collections.unmodifiableMap(values), List.copyOf(not));
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

    private synchronized int number(List<Integer> of, Classifier by) {
        if (of.isEmpty()) {
            return -1;
        }
        Integer known = numbers.get(of);
        if (known != null) {
            return known;
        }
        List<Entry> kind = of.stream().map(entries::get).toList();
        if (kinds.size() < KINDS) {
            kinds.add(kind);
            numbers.put(List.copyOf(of), kinds.size() - 1);
            return kinds.size() - 1;
        }
        if (by.passing < 0) {
            by.passing = passing.size();
            passing.add(kind);
        } else {
            passing.set(by.passing, kind);
        }
        return KINDS + by.passing;
    }

    private synchronized List<Entry> entriesOf(int kind) {
        return kind < KINDS ? kinds.get(kind) : passing.get(kind - KINDS);
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
            category |= Objects.equals(entry.of.category(), rule.category());
            product |= Objects.equals(entry.of.product(), rule.product());
            service |= Objects.equals(entry.of.service(), rule.service());
        }
        return category && product && service;
    }

    /// A value that an attribute must have: one of `exact`, or one that begins with one of `begins`, letters
    /// in lower case; with `any` any value will do.
    public record Needed(Attribute attribute, boolean any, Set<String> exact, List<String> begins) {}

    /// What an event must be, as far as its format, class and attributes tell; of its native fields nothing
    /// is said.
    ///
    /// @param readers names of formats, some with a trailing `*`; empty for any
    /// @param classes OCSF `class_uid`s; empty for any
    public record Looks(Set<String> readers, Set<Integer> classes, List<Needed> needed) {}

    /// What an event must be for rules of that log source to look at it: of each list one must hold. Events
    /// that hold are more than those that rules look at, never fewer.
    public List<List<Looks>> looks(LogSource rule) {
        List<List<Looks>> all = new ArrayList<>();
        if (rule.category() != null) {
            all.add(looks(e -> Objects.equals(e.of.category(), rule.category())));
        }
        if (rule.product() != null) {
            all.add(looks(e -> Objects.equals(e.of.product(), rule.product())));
        }
        if (rule.service() != null) {
            all.add(looks(e -> Objects.equals(e.of.service(), rule.service())));
        }
        return all;
    }

    private List<Looks> looks(Predicate<Entry> which) {
        List<Looks> any = new ArrayList<>();
        for (Entry entry : entries) {
            for (Condition condition : which.test(entry) ? entry.when : List.<Condition>of()) {
                List<Needed> needed = new ArrayList<>();
                condition.values.forEach((place, wanted) -> {
                    if (place instanceof Place.Column column) {
                        needed.add(new Needed(column.attribute(), wanted.any, wanted.exact, wanted.begins));
                    }
                });
                any.add(new Looks(condition.readers, condition.classes, needed));
            }
        }
        return any;
    }

    /// Whether an event of any format could be one that rules of that log source look at.
    public boolean knows(LogSource rule) {
        return !readers(rule).isEmpty();
    }

    /// The formats whose events rules of that log source can look at, as the entries name them:
    /// `windows-*`, `squid`, and `*` where the format does not matter. Empty if no event can belong to
    /// it.
    public Set<String> readers(LogSource rule) {
        Set<String> named = new TreeSet<>();
        if (reason(rule) != null) {
            return named;
        }
        List<Entry> some =
                entries.stream().filter(e -> !without(rule, e.of).equals(rule)).toList();
        List<Entry> whole = some.stream().filter(e -> covers(List.of(e), rule)).toList();
        for (Entry entry : whole.isEmpty() ? some : whole) {
            for (Condition condition : entry.when) {
                named.addAll(condition.readers.isEmpty() ? Set.of("*") : condition.readers);
            }
        }
        if (whole.isEmpty()) {
            // A pattern's own beginning stands for the formats it names; the empty name for those not
            // named.
            named.removeIf(name -> !knows(rule, name.endsWith("*") ? name.substring(0, name.length() - 1) : name));
        }
        return named;
    }

    /// Whether an entry's name for a format is that of a format.
    public static boolean reads(String name, String format) {
        return name.endsWith("*") ? format.startsWith(name.substring(0, name.length() - 1)) : name.equals(format);
    }

    /// Whether an event of that format could be one that rules of that log source look at.
    public boolean knows(LogSource rule, String reader) {
        if (reason(rule) != null) {
            return false;
        }
        List<Entry> of = entries.stream()
                .filter(e -> e.when.stream().anyMatch(c -> c.reads(reader)))
                .toList();
        return covers(of, rule) && together(of, rule, reader, List.of());
    }

    /// Whether one event could belong to entries that between them have every part of the rule's.
    private static boolean together(List<Entry> of, LogSource rule, String reader, List<Condition> held) {
        if (rule.category() == null && rule.product() == null && rule.service() == null) {
            return true;
        }
        for (Entry entry : of) {
            LogSource rest = without(rule, entry.of);
            if (rest.equals(rule)) {
                continue;
            }
            for (Condition condition : entry.when) {
                if (condition.reads(reader) && held.stream().allMatch(h -> compatible(h, condition))) {
                    List<Condition> more = new ArrayList<>(held);
                    more.add(condition);
                    if (together(of, rest, reader, more)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static LogSource without(LogSource rule, LogSource entry) {
        return new LogSource(
                Objects.equals(rule.category(), entry.category()) ? null : rule.category(),
                Objects.equals(rule.product(), entry.product()) ? null : rule.product(),
                Objects.equals(rule.service(), entry.service()) ? null : rule.service());
    }

    private static boolean compatible(Condition a, Condition b) {
        if (!a.classes.isEmpty() && !b.classes.isEmpty() && Collections.disjoint(a.classes, b.classes)) {
            return false;
        }
        for (Map.Entry<Place, Wanted> of : a.values.entrySet()) {
            Wanted other = b.values.get(of.getKey());
            if (other != null && !compatible(of.getValue(), other)) {
                return false;
            }
        }
        return true;
    }

    private static boolean compatible(Wanted a, Wanted b) {
        return a.any
                || b.any
                || a.exact.stream().anyMatch(b::fits)
                || b.exact.stream().anyMatch(a::fits)
                || a.begins.stream().anyMatch(x -> b.begins.stream().anyMatch(y -> x.startsWith(y) || y.startsWith(x)));
    }

    /// Why no event can be one that rules of that log source look at; null where nothing is said.
    public @Nullable String reason(LogSource rule) {
        return entries.stream()
                .filter(e -> e.never != null && e.of.equals(rule))
                .map(Entry::never)
                .findFirst()
                .orElse(null);
    }

    /// An entry, written out for people.
    ///
    /// @param when the events that belong to it, each as its conditions
    /// @param fields where the fields of rules stand that are not the native field of that name
    /// @param never why no event can belong to it; null where some can
    public record Route(
            LogSource of,
            List<String> when,
            Map<String, List<String>> fields,
            @Nullable String never) {}

    /// Every entry, in the order in which they are asked.
    public List<Route> routes() {
        return entries.stream()
                .map(e -> {
                    Map<String, List<String>> fields = new LinkedHashMap<>();
                    e.fields.forEach((name, places) -> fields.put(
                            name, places.stream().map(LogSources::written).toList()));
                    return new Route(
                            e.of, e.when.stream().map(LogSources::written).toList(), fields, e.never);
                })
                .toList();
    }

    private static String written(Place place) {
        return switch (place) {
            case Place.Native(String field) -> field;
            case Place.Column(Attribute attribute) -> '@' + attribute.path();
        };
    }

    private static String written(Condition condition) {
        List<String> parts = new ArrayList<>();
        if (!condition.readers.isEmpty()) {
            parts.add(String.join(" or ", new TreeSet<>(condition.readers)));
        }
        if (!condition.classes.isEmpty()) {
            parts.add("class = "
                    + new TreeSet<>(condition.classes)
                            .stream().map(String::valueOf).collect(Collectors.joining(" or ")));
        }
        condition.values.forEach((place, wanted) -> {
            parts.add(written(place) + (wanted.any ? " present" : " = " + String.join(" or ", wanted.texts)));
        });
        condition.not.forEach(n -> parts.add("not (" + written(n) + ')'));
        return parts.isEmpty() ? "any event" : String.join("; ", parts);
    }

    /// Where a rule's field stands in events of the kind: all named places are values of the field. Never
    /// empty; where nothing is said, the native field of that name.
    public List<Place> places(int kind, LogSource rule, String field) {
        for (Entry entry : entriesOf(kind)) {
            LogSource of = entry.of;
            boolean named = of.category() != null && of.category().equals(rule.category())
                    || of.service() != null && of.service().equals(rule.service())
                    || of.category() == null && of.service() == null;
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

        /// So many keys one behind another share a place only where somebody meant them to.
        private static final int TOGETHER = 256;

        /// Who writes logs cannot try out at home which values share a place.
        private final long seed = new SecureRandom().nextLong();

        private static final VarHandle WORD =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

        /// By the number of the format.
        private @Nullable Plan[] plans = new Plan[64];
        private byte[] key = new byte[1024];
        private byte[][] known = new byte[MOST * 2][];
        private int[] kindOf = new int[MOST * 2];
        private int size;
        /// Its place among the kinds that pass by; -1 until there is one.
        private int passing = -1;

        private Classifier() {}

        /// The kind of event of a row; -1 when no rule can look at it.
        public int kind(EventBatch batch, int row) {
            int source = batch.source(row);
            Plan plan = plan(source);
            if (plan.entries.length == 0) {
                return -1;
            }
            int length = key(batch, row, plan, source);
            int mask = known.length - 1;
            int hash = hash(length);
            int at = hash & mask;
            for (int looks = 0; known[at] != null; looks++) {
                if (looks == TOGETHER) {
                    known = new byte[MOST * 2][];
                    size = 0;
                    at = hash & mask;
                    break;
                }
                if (Arrays.equals(known[at], 0, known[at].length, key, 0, length)) {
                    return kindOf[at];
                }
                at = at + 1 & mask;
            }
            int kind = number(plan.entries(batch, row), this);
            if (kind >= KINDS) {
                return kind;
            }
            if (size++ == MOST) {
                known = new byte[MOST * 2][];
                size = 1;
                at = hash & mask;
            }
            known[at] = Arrays.copyOf(key, length);
            kindOf[at] = kind;
            return kind;
        }

        private Plan plan(int source) {
            if (source >= plans.length) {
                plans = Arrays.copyOf(plans, Math.max(source + 1, plans.length * 2));
            }
            Plan plan = plans[source];
            if (plan == null) {
                plan = new Plan(source);
                plans[source] = plan;
            }
            return plan;
        }

        /// Eight bytes at a time; what stands behind the key counts as zeros.
        private int hash(int length) {
            room(length, Long.BYTES);
            Arrays.fill(key, length, length + Long.BYTES, (byte) 0);
            long h = seed ^ length;
            for (int i = 0; i < length; i += Long.BYTES) {
                h = (h ^ (long) WORD.get(key, i)) * 0x9E3779B97F4A7C15L;
                h ^= h >>> 29;
            }
            return (int) (h ^ h >>> 32);
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
                if (index > 0 && batch.slotKind(slot) != EventBatch.NULL) {
                    at = put(at, index, arena, batch.slotValue(slot), plan.deciding[index]);
                }
            }
            for (int i = 0; i < plan.columns.length; i++) {
                Attribute attribute = plan.columns[i];
                Column column = batch.column(attribute);
                if (column != null && column.has(row)) {
                    int index = plan.byName + 1 + i;
                    at = attribute.kind().isText()
                            ? put(at, index, arena, column.value(row), plan.deciding[index])
                            : put(at, index, column.value(row));
                }
            }
            return at;
        }

        private int put(int at, int index, byte[] arena, long slice, int most) {
            int length = Math.min(Column.length(slice), most);
            room(at, length + 4);
            key[at] = (byte) index;
            key[at + 1] = (byte) (index >> 8);
            key[at + 2] = (byte) length;
            key[at + 3] = (byte) (length >> 8);
            System.arraycopy(arena, Column.from(slice), key, at + 4, length);
            return at + 4 + length;
        }

        private int put(int at, int index, long number) {
            room(at, 10);
            key[at] = (byte) index;
            key[at + 1] = (byte) (index >> 8);
            for (int i = 0; i < 8; i++) {
                key[at + 2 + i] = (byte) (number >>> 8 * i);
            }
            return at + 10;
        }

        private void room(int at, int more) {
            if (at + more > key.length) {
                key = Arrays.copyOf(key, Math.max(at + more, key.length * 2));
            }
        }

        /// The entries that events of one format may belong to, and the fields that decide.
        private final class Plan {
            final int[] entries;
            /// Which of the deciding fields a native name is, from 1; 0 for none.
            final int[] byField;
            /// How many of the deciding fields are native names; those that are attributes follow.
            final int byName;
            /// How many bytes of a deciding field's value matter; 0 where it only has to be there.
            final int[] deciding;
            final Attribute[] columns;
            private final String reader;

            Plan(int source) {
                reader = SourceNames.name(source);
                List<Integer> of = new ArrayList<>();
                Map<Place, Integer> places = new LinkedHashMap<>();
                for (int i = 0; i < LogSources.this.entries.size(); i++) {
                    boolean any = false;
                    for (Condition condition : LogSources.this.entries.get(i).when) {
                        if (condition.reads(reader)) {
                            any = true;
                            decides(condition, places);
                        }
                    }
                    if (any) {
                        of.add(i);
                    }
                }
                entries = of.stream().mapToInt(Integer::intValue).toArray();
                Map<Integer, Integer> fields = new LinkedHashMap<>();
                List<Attribute> attributes = new ArrayList<>();
                for (Place place : places.keySet()) {
                    switch (place) {
                        case Place.Native(String field) -> fields.put(FieldNames.of(field), fields.size() + 1);
                        case Place.Column(Attribute attribute) -> attributes.add(attribute);
                    }
                }
                byName = fields.size();
                byField = new int
                        [fields.keySet().stream().mapToInt(f -> f + 1).max().orElse(0)];
                fields.forEach((field, index) -> byField[field] = index);
                columns = attributes.toArray(Attribute[]::new);
                deciding = new int[1 + byName + columns.length];
                places.forEach((place, most) -> {
                    switch (place) {
                        case Place.Native(String field) -> deciding[byField[FieldNames.of(field)]] = most;
                        case Place.Column(Attribute attribute) ->
                            deciding[byName + 1 + attributes.indexOf(attribute)] = most;
                    }
                });
            }

            private static void decides(Condition condition, Map<Place, Integer> places) {
                condition.values.forEach((place, wanted) -> places.merge(place, wanted.bytes(), Math::max));
                condition.not.forEach(n -> decides(n, places));
            }

            List<Integer> entries(EventBatch batch, int row) {
                List<Integer> of = new ArrayList<>();
                for (int i : entries) {
                    for (Condition condition : LogSources.this.entries.get(i).when) {
                        if (holds(condition, batch, row)) {
                            of.add(i);
                            break;
                        }
                    }
                }
                return of;
            }

            private boolean holds(Condition condition, EventBatch batch, int row) {
                if (!condition.reads(reader)
                        || !condition.classes.isEmpty() && !condition.classes.contains(batch.classUid(row))) {
                    return false;
                }
                for (Map.Entry<Place, Wanted> wanted : condition.values.entrySet()) {
                    if (!has(batch, row, wanted.getKey(), wanted.getValue())) {
                        return false;
                    }
                }
                for (Condition not : condition.not) {
                    if (holds(not, batch, row)) {
                        return false;
                    }
                }
                return true;
            }

            private static boolean has(EventBatch batch, int row, Place place, Wanted wanted) {
                switch (place) {
                    case Place.Native(String field) -> {
                        int id = FieldNames.of(field);
                        for (int slot = batch.firstSlot(row); slot < batch.endSlot(row); slot++) {
                            if (batch.slotField(slot) == id
                                    && batch.slotKind(slot) != EventBatch.NULL
                                    && wanted.fits(text(batch, batch.slotValue(slot), wanted))) {
                                return true;
                            }
                        }
                        return false;
                    }
                    case Place.Column(Attribute attribute) -> {
                        Column column = batch.column(attribute);
                        if (column == null || !column.has(row)) {
                            return false;
                        }
                        long value = column.value(row);
                        return wanted.fits(
                                attribute.kind().isText() ? text(batch, value, wanted) : Long.toString(value));
                    }
                }
            }

            /// No more of a value than the key holds, so that equal keys always give equal answers.
            private static String text(EventBatch batch, long slice, Wanted wanted) {
                int length = Math.min(Column.length(slice), wanted.bytes());
                return batch.text(Column.pack(Column.from(slice), Column.from(slice) + length));
            }
        }
    }
}
