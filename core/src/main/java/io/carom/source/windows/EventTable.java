package io.carom.source.windows;

import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.Row;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which mapping a Windows event has: by its provider and its id; by its channel and its id where
/// no provider is named, or one that is not known writes to a channel of one provider. An id alone
/// says nothing: 1 is Sysmon's process start and some hundred other things.
///
/// Immutable once built, safe for use by many threads; a look-up makes no objects.
public final class EventTable {
    private static final class Built {
        static final EventTable TABLE = new EventTable();
    }

    private final List<Provider> providers = new ArrayList<>();
    private final Named[] table;
    private final Mapping other;

    private record Named(byte[] lower, Provider provider) {}

    /// The mapping of an event, told where need be by the value of one more field.
    ///
    /// @param fields name ids, the first that has a value decides; none where the id alone decides
    /// @param part whether the value need only hold one of these, in lower case, in its first bytes
    record Choice(int[] fields, boolean part, String[] values, Mapping[] mappings, Mapping otherwise) {
        Mapping of(Row row) {
            for (int field : fields) {
                long value = row.value(field);
                if (value >= 0) {
                    for (int i = 0; i < values.length; i++) {
                        if (part ? holds(row.bytes(), value, values[i]) : row.equal(value, values[i])) {
                            return mappings[i];
                        }
                    }
                    break;
                }
            }
            return otherwise;
        }

        private static boolean holds(byte[] b, long slice, String lower) {
            int from = Column.from(slice);
            int last = from + Math.min(Column.length(slice), 512) - lower.length();
            for (int at = from; at <= last; at++) {
                int i = 0;
                while (i < lower.length() && fold(b[at + i]) == lower.charAt(i)) {
                    i++;
                }
                if (i == lower.length()) {
                    return true;
                }
            }
            return false;
        }
    }

    /// The events of one provider, or of one channel.
    static final class Provider {
        private final List<String> names;
        private final Map<Integer, Choice> choices = new HashMap<>();
        private int[] ids = {};
        private Choice[] byId = {};
        private final Mapping otherwise;

        private Provider(Mapping otherwise, List<String> names) {
            this.names = names;
            this.otherwise = otherwise;
        }

        /// These ids have this mapping.
        Provider on(Mapping.Builder mapping, int... eventIds) {
            return on(new Choice(new int[0], false, new String[0], new Mapping[0], mapping.build()), eventIds);
        }

        /// These ids have the mapping that the value of a field tells.
        Provider on(String field, Map<String, Mapping.Builder> mappings, Mapping.Builder otherwise, int... eventIds) {
            return on(choice(false, mappings, otherwise, field), eventIds);
        }

        /// These ids have the mapping that words in an event's text tell: its first data, or its message.
        Provider onText(Map<String, Mapping.Builder> mappings, Mapping.Builder otherwise, int... eventIds) {
            return on(choice(true, mappings, otherwise, "Data", "Message"), eventIds);
        }

        private static Choice choice(
                boolean part, Map<String, Mapping.Builder> mappings, Mapping.Builder otherwise, String... fields) {
            String[] values = mappings.keySet().stream().sorted().toArray(String[]::new);
            Mapping[] built = Arrays.stream(values)
                    .map(v -> Objects.requireNonNull(mappings.get(v)).build())
                    .toArray(Mapping[]::new);
            int[] ids = Arrays.stream(fields).mapToInt(FieldNames::of).toArray();
            return new Choice(ids, part, values, built, otherwise.build());
        }

        private Provider on(Choice choice, int... eventIds) {
            for (int id : eventIds) {
                if (choices.put(id, choice) != null) {
                    throw new IllegalArgumentException(names.getFirst() + " " + id + " is mapped twice");
                }
            }
            return this;
        }

        /// Takes over the events of another, for a channel that several providers write to.
        Provider like(Provider another) {
            another.choices.forEach(choices::putIfAbsent);
            return this;
        }

        private void close() {
            ids = choices.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
            byId = Arrays.stream(ids).mapToObj(choices::get).toArray(Choice[]::new);
        }

        private Mapping mapping(Row row, long id) {
            int at = id < 0 || id > Integer.MAX_VALUE ? -1 : Arrays.binarySearch(ids, (int) id);
            return at < 0 ? otherwise : byId[at].of(row);
        }
    }

    private EventTable() {
        other = EventParts.event("Windows event", 0, 99).build();
        SecurityEvents.define(this);
        SysmonEvents.define(this);
        SystemEvents.define(this);
        RemoteEvents.define(this);
        DefenceEvents.define(this);
        ScriptEvents.define(this);
        int most = 64;
        while (most < providers.size() * 16) {
            most *= 2;
        }
        table = new Named[most];
        for (Provider provider : providers) {
            provider.close();
            for (String name : provider.names) {
                byte[] lower = name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
                int slot = hash(lower, 0, lower.length) & most - 1;
                while (table[slot] != null) {
                    if (Arrays.equals(table[slot].lower, lower)) {
                        throw new IllegalArgumentException(name + " is defined twice");
                    }
                    slot = slot + 1 & most - 1;
                }
                table[slot] = new Named(lower, provider);
            }
        }
    }

    /// The table of all events that are known.
    public static EventTable get() {
        return Built.TABLE;
    }

    /// Begins the events of a provider or channel; names are compared without regard to case.
    Provider provider(String... names) {
        return provider(other, names);
    }

    /// The same, with the mapping of all events that get none of their own.
    Provider provider(Mapping otherwise, String... names) {
        Provider provider = new Provider(otherwise, List.of(names));
        providers.add(provider);
        return provider;
    }

    /// The mapping of the row's current record, whose fields have their canonical names.
    public Mapping mapping(Row row) {
        Provider provider = find(row, EventNames.PROVIDER);
        if (provider == null && (!row.has(EventNames.PROVIDER) || isOneProviders(row))) {
            provider = find(row, EventNames.CHANNEL);
        }
        if (provider == null) {
            return other;
        }
        long slice = row.value(EventNames.EVENT_ID);
        long id = slice < 0 ? -1 : Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        // Classic events carry qualifiers in the upper half of what some shippers call the id.
        return provider.mapping(row, id > 0xFFFF ? id & 0xFFFF : id);
    }

    /// Whether the channel is one of those that belong to a provider (`…/Operational`), not one that
    /// many write to (`System`): there a provider that is not known is another than ours.
    private static boolean isOneProviders(Row row) {
        long channel = row.value(EventNames.CHANNEL);
        if (channel < 0) {
            return false;
        }
        byte[] b = row.bytes();
        int end = Column.from(channel) + Column.length(channel);
        for (int i = Column.from(channel); i < end; i++) {
            if (b[i] == '/') {
                return true;
            }
        }
        return false;
    }

    /// Every mapping there is, for the coverage page and tests.
    public Collection<Mapping> all() {
        Set<Mapping> all = new LinkedHashSet<>();
        for (Provider provider : providers) {
            for (Choice choice : provider.byId) {
                all.addAll(List.of(choice.mappings));
                all.add(choice.otherwise);
            }
            all.add(provider.otherwise);
        }
        return all;
    }

    private @Nullable Provider find(Row row, int field) {
        long slice = row.value(field);
        if (slice < 0) {
            return null;
        }
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int to = from + Column.length(slice);
        Provider provider = find(b, from, to);
        // `ScreenConnect Client (0123456789abcdef)`: a service whose name tells the instance behind it.
        if (provider == null && to > from && b[to - 1] == ')') {
            for (int at = to - 1; at > from; at--) {
                if (b[at] == '(' && b[at - 1] == ' ') {
                    return find(b, from, at - 1);
                }
            }
        }
        return provider;
    }

    private @Nullable Provider find(byte[] b, int from, int to) {
        int slot = hash(b, from, to) & table.length - 1;
        while (table[slot] != null) {
            byte[] lower = table[slot].lower;
            if (lower.length == to - from && equal(lower, b, from)) {
                return table[slot].provider;
            }
            slot = slot + 1 & table.length - 1;
        }
        return null;
    }

    private static boolean equal(byte[] lower, byte[] b, int from) {
        for (int i = 0; i < lower.length; i++) {
            if (lower[i] != fold(b[from + i])) {
                return false;
            }
        }
        return true;
    }

    private static int hash(byte[] b, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + fold(b[i]);
        }
        return hash * 0x9E3779B1 >>> 8;
    }

    private static byte fold(byte c) {
        return c >= 'A' && c <= 'Z' ? (byte) (c + 32) : c;
    }
}
