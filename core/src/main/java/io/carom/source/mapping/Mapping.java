package io.carom.source.mapping;

import io.carom.event.Attribute;
import io.carom.event.Defaults;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.FieldUse;
import io.carom.event.OcsfClass;
import io.carom.event.OcsfPathException;
import io.carom.event.OcsfSchema;
import io.carom.source.Row;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How one kind of native record becomes an OCSF event, as data: native field, OCSF attribute, conversion.
///
/// Applied in one walk over the record's native fields: a field's steps are found by its id in an
/// array. The first native value wins for a scalar attribute; `fallback` steps fill only what is still
/// missing afterwards; then come compositions, constants and defaults. A value its conversion does not
/// understand is left out of the event and stays in the native record; only an unreadable `time`
/// rejects the record. Immutable and safe for use by many threads.
public final class Mapping implements FieldUse {
    private static final boolean STRICT = Boolean.getBoolean("carom.strict");

    private record Step(int field, Attribute to, Conversion conversion) {}

    private final String name;
    private final int classUid;
    /// Steps in the order of their fields; those of field `f` stand from `stepOf[f]` to `stepOf[f + 1]`. Flat, for
    /// this is asked for every native field of every record.
    private final Attribute[] to;

    private final Conversion[] conversions;
    private final byte[] ways;
    private final short[] stepOf;
    private final int fields;
    private final Step[] fallbacks;
    private final Composition[] compositions;
    private final Defaults.Value[] lists;
    private final Defaults defaults;

    private Mapping(Builder b) {
        name = b.name;
        classUid = b.classUid;
        fields = b.steps.stream().mapToInt(Step::field).max().orElse(-1) + 1;
        List<Step> ordered =
                b.steps.stream().sorted(Comparator.comparingInt(Step::field)).toList();
        to = ordered.stream().map(Step::to).toArray(Attribute[]::new);
        conversions = ordered.stream().map(Step::conversion).toArray(Conversion[]::new);
        ways = new byte[conversions.length];
        stepOf = new short[fields + 1];
        for (int i = 0; i < ways.length; i++) {
            ways[i] = way(conversions[i]);
            stepOf[ordered.get(i).field + 1] = (short) (i + 1);
        }
        for (int field = 0; field < fields; field++) {
            stepOf[field + 1] = (short) Math.max(stepOf[field + 1], stepOf[field]);
        }
        fallbacks = b.fallbacks.toArray(new Step[0]);
        compositions = b.compositions.toArray(new Composition[0]);
        lists = b.constants.stream().filter(c -> c.to().list()).toArray(Defaults.Value[]::new);
        defaults = new Defaults(b.constants.stream().filter(c -> !c.to().list()).toList());
    }

    public static Builder of(String name, int classUid) {
        return new Builder(name, classUid);
    }

    /// What the kind of record is called, for the coverage page: `conn`, `4624`.
    public String name() {
        return name;
    }

    public int classUid() {
        return classUid;
    }

    /// Names of the native fields this mapping reads, in the order they were given.
    public Set<String> fields() {
        Set<String> names = new LinkedHashSet<>();
        for (int field = 0; field < fields; field++) {
            if (stepOf[field] < stepOf[field + 1]) {
                names.add(FieldNames.name(field));
            }
        }
        for (Step step : fallbacks) {
            names.add(FieldNames.name(step.field));
        }
        return Collections.unmodifiableSet(names);
    }

    @Override
    public boolean reads(int field) {
        if (field < fields && stepOf[field] < stepOf[field + 1]) {
            return true;
        }
        for (Step step : fallbacks) {
            if (step.field == field) {
                return true;
            }
        }
        return false;
    }

    /// Writes the attributes of the row's event but for {@link #defaults}; gives the reason if the record cannot be
    /// one.
    public @Nullable String apply(Row row) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        boolean timeSeen = false;
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            int field = batch.slotField(slot);
            if (field >= fields) {
                continue;
            }
            int last = stepOf[field + 1];
            for (int step = stepOf[field]; step < last; step++) {
                Attribute attribute = to[step];
                if (!attribute.list() && batch.has(attribute)) {
                    continue;
                }
                byte kind = batch.slotKind(slot);
                if (kind == EventBatch.NULL) {
                    continue;
                }
                boolean understood = write(row, step, attribute, batch.slotValue(slot), kind);
                timeSeen |= !understood && attribute == Attribute.TIME;
            }
        }
        for (Step step : fallbacks) {
            if (!batch.has(step.to)) {
                int slot = row.find(step.field);
                if (slot >= 0 && batch.slotKind(slot) != EventBatch.NULL) {
                    boolean understood =
                            step.conversion.write(row, step.to, batch.slotValue(slot), batch.slotKind(slot));
                    timeSeen |= step.to == Attribute.TIME && !understood;
                }
            }
        }
        for (Composition composition : compositions) {
            composition.compose(row);
        }
        for (Defaults.Value value : lists) {
            if (!batch.has(value.to())) {
                batch.add(value.to(), value.text() == null ? value.number() : batch.constant(value.text()));
            }
        }
        if (!batch.has(Attribute.TIME)) {
            long outer = row.outerTime();
            if (outer == Times.NONE && timeSeen) {
                return "the time of the record is not a time";
            }
            // A kind of record that carries no time at all (Zeek's loaded_scripts) is laid at when it came, or 0.
            batch.set(Attribute.TIME, outer == Times.NONE ? row.arrived() : outer);
        }
        return null;
    }

    /// What the events of this mapping have where their records say nothing else.
    public Defaults defaults() {
        return defaults;
    }

    private static final byte OTHER = 0, TEXT = 1, IP = 2, PORT = 3, INTEGER = 4, LOWER = 5, TIME = 6, ISO_TIME = 7;

    /// The usual conversions, in the order of their numbers.
    private static final List<Conversion> USUAL = List.of(
            Conversion.TEXT,
            Conversion.IP,
            Conversion.PORT,
            Conversion.INTEGER,
            Conversion.LOWER,
            Conversion.TIME,
            Conversion.ISO_TIME);

    private static byte way(Conversion conversion) {
        return (byte) (OTHER + 1 + USUAL.indexOf(conversion));
    }

    /// The same as `conversions[step].write(…)`: the usual ones are called by name, so that they are compiled into
    /// this loop.
    private boolean write(Row row, int step, Attribute attribute, long slice, byte kind) {
        return switch (ways[step]) {
            case TEXT -> Conversion.TEXT.write(row, attribute, slice, kind);
            case IP -> Conversion.IP.write(row, attribute, slice, kind);
            case PORT -> Conversion.PORT.write(row, attribute, slice, kind);
            case INTEGER -> Conversion.INTEGER.write(row, attribute, slice, kind);
            case LOWER -> Conversion.LOWER.write(row, attribute, slice, kind);
            case TIME -> Conversion.TIME.write(row, attribute, slice, kind);
            case ISO_TIME -> Conversion.ISO_TIME.write(row, attribute, slice, kind);
            default -> conversions[step].write(row, attribute, slice, kind);
        };
    }

    /// Collects a mapping. Not safe for use by many threads.
    public static final class Builder {
        private final String name;
        private final int classUid;
        private final List<Step> steps = new ArrayList<>();
        private final List<Step> fallbacks = new ArrayList<>();
        private final List<Composition> compositions = new ArrayList<>();
        private final List<Defaults.Value> constants = new ArrayList<>();

        private Builder(String name, int classUid) {
            this.name = name;
            this.classUid = classUid;
        }

        /// The native field becomes the attribute by this conversion.
        public Builder field(String field, String attribute, Conversion conversion) {
            return field(field, Attribute.of(attribute), conversion);
        }

        public Builder field(String field, Attribute attribute, Conversion conversion) {
            steps.add(new Step(FieldNames.of(field), attribute, conversion));
            return this;
        }

        /// As {@link #field} with the conversion that fits the attribute's kind and type.
        public Builder field(String field, String attribute) {
            Attribute to = Attribute.of(attribute);
            return field(field, to, Conversion.fitting(to));
        }

        /// Used only where no other field gave the attribute a value.
        public Builder fallback(String field, String attribute, Conversion conversion) {
            fallbacks.add(new Step(FieldNames.of(field), Attribute.of(attribute), conversion));
            return this;
        }

        public Builder fallback(String field, String attribute) {
            return fallback(field, attribute, Conversion.fitting(Attribute.of(attribute)));
        }

        /// What is made of attributes that native fields gave, once all did.
        public Builder compose(Composition composition) {
            compositions.add(composition);
            return this;
        }

        /// The attribute's value wherever no field gives it one.
        public Builder constant(String attribute, String text) {
            constants.add(new Defaults.Value(Attribute.of(attribute), 0, text.getBytes(StandardCharsets.UTF_8)));
            return this;
        }

        public Builder constant(String attribute, long number) {
            constants.add(new Defaults.Value(Attribute.of(attribute), number, null));
            return this;
        }

        /// The event's `activity_id` wherever no field gives it one.
        public Builder activity(int id) {
            return constant("activity_id", id);
        }

        public Builder product(String vendor, String product) {
            return constant("metadata.product.vendor_name", vendor).constant("metadata.product.name", product);
        }

        /// Takes over all steps and constants of another mapping, whose class does not matter.
        public Builder include(Builder other) {
            steps.addAll(other.steps);
            fallbacks.addAll(other.fallbacks);
            compositions.addAll(other.compositions);
            constants.addAll(other.constants);
            return this;
        }

        /// The mapping. Where nothing else says so an event is of unknown activity and informational.
        ///
        /// @throws OcsfPathException in our own tests, if the class has no such attribute
        public Mapping build() {
            if (STRICT) {
                OcsfClass of = OcsfSchema.get().byUid(classUid);
                Stream.of(
                                steps.stream().map(Step::to),
                                fallbacks.stream().map(Step::to),
                                constants.stream().map(Defaults.Value::to))
                        .flatMap(s -> s)
                        .filter(to -> !to.path().startsWith("unmapped."))
                        .forEach(to -> OcsfSchema.get().path(of, to.path()));
            }
            activity(0);
            constant("severity_id", 1);
            return new Mapping(this);
        }
    }
}
