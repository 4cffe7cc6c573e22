package io.carom.source.mapping;

import io.carom.event.Attribute;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How one kind of native record becomes an OCSF event, as data: native field, OCSF attribute, conversion.
///
/// Applied in one walk over the record's native fields: a field's steps are found by its id in an array.
/// The first
/// native value wins for a scalar attribute; `fallback` steps fill only what is still missing afterwards;
/// constants
/// and
/// defaults come last. A value its conversion does not understand is left out of the event and stays in
/// the native
/// record; only an unreadable `time` rejects the record. Immutable and safe for use by many threads.
public final class Mapping implements FieldUse {
    private static final boolean STRICT = Boolean.getBoolean("carom.strict");

    private record Step(
            int field,
            Attribute to,
            Conversion conversion,
            @Nullable Step next) {}

    private record Constant(Attribute to, long number, byte @Nullable [] text) {}

    private final String name;
    private final int classUid;
    private final @Nullable Step[] steps;
    private final Step[] fallbacks;
    private final Constant[] constants;

    private Mapping(Builder b) {
        name = b.name;
        classUid = b.classUid;
        int most = 0;
        for (Step step : b.steps) {
            most = Math.max(most, step.field);
        }
        steps = new Step[most + 1];
        for (int i = b.steps.size() - 1; i >= 0; i--) {
            Step s = b.steps.get(i);
            steps[s.field] = new Step(s.field, s.to, s.conversion, steps[s.field]);
        }
        fallbacks = b.fallbacks.toArray(new Step[0]);
        constants = b.constants.toArray(new Constant[0]);
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
        for (Step step : steps) {
            if (step != null) {
                names.add(FieldNames.name(step.field));
            }
        }
        for (Step step : fallbacks) {
            names.add(FieldNames.name(step.field));
        }
        return Collections.unmodifiableSet(names);
    }

    @Override
    public boolean reads(int field) {
        if (field < steps.length && steps[field] != null) {
            return true;
        }
        for (Step step : fallbacks) {
            if (step.field == field) {
                return true;
            }
        }
        return false;
    }

    /// Writes the attributes of the row's event; gives the reason if the record cannot be one.
    public @Nullable String apply(Row row) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        boolean timeSeen = false;
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            int field = batch.slotField(slot);
            if (field >= steps.length) {
                continue;
            }
            for (Step step = steps[field]; step != null; step = step.next) {
                if (!step.to.list() && batch.has(step.to)) {
                    continue;
                }
                byte kind = batch.slotKind(slot);
                if (kind == EventBatch.NULL) {
                    continue;
                }
                boolean understood = step.conversion.write(row, step.to, batch.slotValue(slot), kind);
                timeSeen |= step.to == Attribute.TIME && !understood;
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
        for (Constant constant : constants) {
            if (!batch.has(constant.to)) {
                batch.set(constant.to, constant.text == null ? constant.number : batch.constant(constant.text));
            }
        }
        if (!batch.has(Attribute.TIME)) {
            long outer = row.outerTime();
            if (outer == Times.NONE && timeSeen) {
                return "the time of the record is not a time";
            }
            // A kind of record that carries no time at all (Zeek's loaded_scripts) is laid at 0.
            batch.set(Attribute.TIME, outer == Times.NONE ? 0 : outer);
        }
        return null;
    }

    /// Collects a mapping. Not safe for use by many threads.
    public static final class Builder {
        private final String name;
        private final int classUid;
        private final List<Step> steps = new ArrayList<>();
        private final List<Step> fallbacks = new ArrayList<>();
        private final List<Constant> constants = new ArrayList<>();

        private Builder(String name, int classUid) {
            this.name = name;
            this.classUid = classUid;
        }

        /// The native field becomes the attribute by this conversion.
        public Builder field(String field, String attribute, Conversion conversion) {
            return field(field, Attribute.of(attribute), conversion);
        }

        public Builder field(String field, Attribute attribute, Conversion conversion) {
            steps.add(new Step(FieldNames.of(field), attribute, conversion, null));
            return this;
        }

        /// As {@link #field} with the conversion that fits the attribute's kind and type.
        public Builder field(String field, String attribute) {
            Attribute to = Attribute.of(attribute);
            return field(field, to, Conversion.fitting(to));
        }

        /// Used only where no other field gave the attribute a value.
        public Builder fallback(String field, String attribute, Conversion conversion) {
            fallbacks.add(new Step(FieldNames.of(field), Attribute.of(attribute), conversion, null));
            return this;
        }

        public Builder fallback(String field, String attribute) {
            return fallback(field, attribute, Conversion.fitting(Attribute.of(attribute)));
        }

        /// The attribute's value wherever no field gives it one.
        public Builder constant(String attribute, String text) {
            constants.add(new Constant(Attribute.of(attribute), 0, text.getBytes(StandardCharsets.UTF_8)));
            return this;
        }

        public Builder constant(String attribute, long number) {
            constants.add(new Constant(Attribute.of(attribute), number, null));
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
                                constants.stream().map(Constant::to))
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
