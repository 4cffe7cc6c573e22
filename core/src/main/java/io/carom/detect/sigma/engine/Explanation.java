package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.Expression;
import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.LogSources.Place;
import io.carom.detect.sigma.Match;
import io.carom.detect.sigma.Rule;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Why a rule matched an event: which field and value satisfied which selection. Asked plainly, test
/// after test, as matches are few.
public final class Explanation {
    /// A value that satisfied a test of a selection.
    ///
    /// @param field in the rule's words; null for a keyword
    public record Reason(String selection, @Nullable String field, String value) {}

    /// A longer list helps nobody.
    private static final int MOST = 64;

    /// A part of an expression made ready to be asked: to make tests ready anew for each match would be dear.
    private sealed interface Part {
        record All(List<Part> parts) implements Part {}

        record Any(List<Part> parts) implements Part {}

        record Not(Part part) implements Part {}

        /// A field's values, or those of all fields where it is null, have one of these forms; of a value the first
        /// that it has says what all would.
        record Asked(String selection, @Nullable String field, Asks[] forms) implements Part {}

        record Present(String field, boolean wanted) implements Part {}

        record Absent(String field) implements Part {}

        record Compared(String selection, String field, Match.Field match) implements Part {}
    }

    private final LogSources sources;
    private final Map<Expression, Part> ready = new IdentityHashMap<>();
    private final SpacelessNames names = new SpacelessNames();

    /// A value of the event at hand, in the forms in which tests ask for it.
    private record Said(Value form, boolean isNull, boolean isBlank) {}

    /// Values by field, and those of all fields under the empty name: several rules often match one
    /// event, and a rule asks a field many times.
    private final Map<String, List<Said>> said = new HashMap<>();

    // Of the match at hand.
    private int kind;
    private @Nullable Rule rule;
    private @Nullable EventBatch batch;
    private long filling;
    private int row;

    /// For one thread.
    public Explanation(LogSources sources) {
        this.sources = sources;
    }

    /// The values that satisfied the selections which the match stands on; those that a condition
    /// denies (`not filter`) have none.
    public List<Reason> of(int ofKind, Rule ofRule, EventBatch inBatch, int inRow) {
        List<Reason> reasons = new ArrayList<>();
        at(ofKind, ofRule, inBatch, inRow).explain(ready(ofRule.expression()), reasons);
        return List.copyOf(reasons.subList(0, Math.min(MOST, reasons.size())));
    }

    /// Whether an expression holds of an event, its fields named as the rule names them.
    public boolean holds(Expression expression, int ofKind, Rule ofRule, EventBatch inBatch, int inRow) {
        return at(ofKind, ofRule, inBatch, inRow).explain(ready(expression), null);
    }

    /// Whether an expression holds of an event that has these fields and no others.
    public boolean holds(Expression expression, Map<String, String> fields) {
        said.clear();
        rule = null;
        batch = null;
        List<Said> all = new ArrayList<>();
        fields.forEach((field, value) -> {
            Said one = new Said(new Value().of(value), false, false);
            said.put(field, List.of(one));
            all.add(one);
        });
        said.put("", all);
        return explain(ready(expression), null);
    }

    private Explanation at(int ofKind, Rule ofRule, EventBatch inBatch, int inRow) {
        boolean same = rule != null
                && kind == ofKind
                && batch == inBatch
                && filling == inBatch.fillings()
                && row == inRow
                && rule.logSource().equals(ofRule.logSource());
        if (!same) {
            said.clear();
        }
        kind = ofKind;
        rule = ofRule;
        batch = inBatch;
        filling = inBatch.fillings();
        row = inRow;
        return this;
    }

    private List<Said> said(String field) {
        return said.computeIfAbsent(field, k -> {
            List<Said> values = new ArrayList<>();
            Rule of = rule;
            EventBatch in = batch;
            if (of == null || in == null) {
                return values;
            }
            List<Place> places = sources.places(kind, of.logSource(), field);
            Evaluation.each(
                    names,
                    in,
                    row,
                    places,
                    (b, from, to, as) -> values.add(
                            new Said(new Value().of(b, from, to), as == EventBatch.NULL, as == EventBatch.BLANK)));
            return values;
        });
    }

    private Part ready(Expression expression) {
        Part known = ready.get(expression);
        if (known == null) {
            known = part(expression, "");
            ready.put(expression, known);
        }
        return known;
    }

    private static Part part(Expression expression, String selection) {
        return switch (expression) {
            case Expression.Selection(String name, Expression body) -> part(body, name);
            case Expression.And(List<Expression> parts) ->
                new Part.All(parts.stream().map(p -> part(p, selection)).toList());
            case Expression.Or(List<Expression> parts) -> {
                List<Part> any = parts.stream().map(p -> part(p, selection)).toList();
                yield one(any) instanceof Part.Asked together ? together : new Part.Any(any);
            }
            case Expression.Not(Expression part) -> new Part.Not(part(part, selection));
            case Expression.Test(String field, Match.Exists(boolean wanted))
            when field != null -> new Part.Present(field, wanted);
            case Expression.Test(String field, Match.Null n) when field != null -> new Part.Absent(field);
            case Expression.Test(String field, Match.Field match)
            when field != null -> new Part.Compared(selection, field, match);
            case Expression.Test(String field, Match match) ->
                new Part.Asked(selection, field, new Asks[] {Asks.alone(Asks.of(match))});
        };
    }

    /// Alternatives that ask the same of a field as one; null if they do not.
    private static Part.@Nullable Asked one(List<Part> parts) {
        List<Asks> forms = new ArrayList<>();
        Part.Asked first = null;
        for (Part part : parts) {
            if (!(part instanceof Part.Asked asked) || asked.field == null) {
                return null;
            }
            first = first == null ? asked : first;
            if (!asked.selection.equals(first.selection) || !asked.field.equals(first.field)) {
                return null;
            }
            forms.addAll(List.of(asked.forms));
        }
        return first == null ? null : new Part.Asked(first.selection, first.field, forms.toArray(Asks[]::new));
    }

    /// Whether the expression holds.
    ///
    /// @param reasons takes what it stands on if it does; null if nobody asks
    private boolean explain(Part part, @Nullable List<Reason> reasons) {
        switch (part) {
            case Part.All(List<Part> parts) -> {
                int before = reasons == null ? 0 : reasons.size();
                for (Part one : parts) {
                    if (!explain(one, reasons)) {
                        if (reasons != null) {
                            reasons.subList(before, reasons.size()).clear();
                        }
                        return false;
                    }
                }
                return true;
            }
            case Part.Any(List<Part> parts) -> {
                boolean any = false;
                for (Part one : parts) {
                    any |= explain(one, reasons);
                    if (any && reasons == null) {
                        return true;
                    }
                }
                return any;
            }
            case Part.Not(Part denied) -> {
                return !explain(denied, null);
            }
            case Part.Asked asked -> {
                return asked.field == null ? keyword(asked, reasons) : asked(asked, said(asked.field), reasons);
            }
            case Part.Present(String field, boolean wanted) -> {
                return said(field).isEmpty() != wanted;
            }
            case Part.Absent(String field) -> {
                List<Said> values = said(field);
                return values.isEmpty() || values.stream().anyMatch(v -> v.isNull || v.isBlank);
            }
            case Part.Compared(String selection, String field, Match.Field(String other, var where, boolean cased)) -> {
                String value = FieldComparison.first(texts(said(field)), texts(said(other)), where, cased);
                if (value != null) {
                    note(selection, field, value, reasons);
                }
                return value != null;
            }
        }
    }

    private static List<String> texts(List<Said> values) {
        return values.stream().filter(v -> !v.isNull).map(v -> v.form.text()).toList();
    }

    private static boolean asked(Part.Asked asked, List<Said> values, @Nullable List<Reason> reasons) {
        boolean any = false;
        for (Said value : values) {
            if (!value.isNull && holds(asked.forms, value.form)) {
                if (reasons == null) {
                    return true;
                }
                note(asked.selection, asked.field, value.form.text(), reasons);
                any = true;
            }
        }
        return any;
    }

    private static boolean holds(Asks[] forms, Value value) {
        for (Asks form : forms) {
            if (form.holds(value)) {
                return true;
            }
        }
        return false;
    }

    /// Each is told once. What is beyond those told is only to be left out.
    private static void note(String selection, @Nullable String field, String value, @Nullable List<Reason> reasons) {
        if (reasons != null && reasons.size() < 4 * MOST) {
            Reason reason = new Reason(selection, field, value);
            if (!reasons.contains(reason)) {
                reasons.add(reason);
            }
        }
    }

    /// The values of all fields, and the record where it is a line of text, which is asked only if none
    /// of the values answers.
    private boolean keyword(Part.Asked asked, @Nullable List<Reason> reasons) {
        EventBatch in = batch;
        if (in == null) {
            return asked(asked, said.getOrDefault("", List.of()), reasons);
        }
        byte[] arena = in.arena();
        List<Said> all = said.computeIfAbsent("", k -> {
            List<Said> values = new ArrayList<>();
            for (int slot = in.firstSlot(row); slot < in.endSlot(row); slot++) {
                long value = in.slotValue(slot);
                int from = Column.from(value);
                int length = Column.length(value);
                if (length > 0 && in.slotKind(slot) != EventBatch.NULL) {
                    values.add(new Said(new Value().of(arena, from, from + length), false, false));
                }
            }
            return values;
        });
        if (asked(asked, all, reasons)) {
            return true;
        }
        long whole = in.nativeText(row);
        int from = Column.from(whole);
        int length = Column.length(whole);
        return Evaluation.isLine(arena, from, length)
                && asked(asked, List.of(new Said(new Value().of(arena, from, from + length), false, false)), reasons);
    }
}
