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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    private final LogSources sources;
    /// Tests made ready, by the rule's own objects: to make one anew for each match would be dear.
    private final Map<Match, Asks> ready = new IdentityHashMap<>();
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
        Set<Reason> reasons = new LinkedHashSet<>();
        at(ofKind, ofRule, inBatch, inRow).explain(ofRule.expression(), "", reasons);
        return List.copyOf(reasons).subList(0, Math.min(MOST, reasons.size()));
    }

    /// Whether an expression holds of an event, its fields named as the rule names them.
    public boolean holds(Expression expression, int ofKind, Rule ofRule, EventBatch inBatch, int inRow) {
        return at(ofKind, ofRule, inBatch, inRow).explain(expression, "", new LinkedHashSet<>());
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
        return explain(expression, "", new LinkedHashSet<>());
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

    /// Whether the expression holds, noting what it stands on if it does.
    private boolean explain(Expression expression, String selection, Set<Reason> reasons) {
        switch (expression) {
            case Expression.Selection(String name, Expression body) -> {
                return explain(body, name, reasons);
            }
            case Expression.And(List<Expression> parts) -> {
                Set<Reason> all = new LinkedHashSet<>();
                for (Expression part : parts) {
                    if (!explain(part, selection, all)) {
                        return false;
                    }
                }
                reasons.addAll(all);
                return true;
            }
            case Expression.Or(List<Expression> parts) -> {
                boolean any = false;
                for (Expression part : parts) {
                    any |= explain(part, selection, reasons);
                }
                return any;
            }
            case Expression.Not(Expression part) -> {
                return !explain(part, selection, new LinkedHashSet<>());
            }
            case Expression.Test(String field, Match match) -> {
                return test(field, match, selection, reasons);
            }
        }
    }

    private boolean test(@Nullable String field, Match match, String selection, Set<Reason> reasons) {
        if (field == null) {
            return keyword(match, selection, reasons);
        }
        List<Said> values = said(field);
        switch (match) {
            case Match.Exists(boolean wanted) -> {
                return values.isEmpty() != wanted;
            }
            case Match.Null n -> {
                return values.isEmpty() || values.stream().anyMatch(v -> v.isNull || v.isBlank);
            }
            case Match.Field(String other, var where, boolean cased) -> {
                String value = FieldComparison.first(texts(values), texts(said(other)), where, cased);
                if (value != null) {
                    reasons.add(new Reason(selection, field, value));
                }
                return value != null;
            }
            default -> {
                return asked(match, values, field, selection, reasons);
            }
        }
    }

    private static List<String> texts(List<Said> values) {
        return values.stream().filter(v -> !v.isNull).map(v -> v.form.text()).toList();
    }

    private boolean asked(
            Match match, List<Said> values, @Nullable String field, String selection, Set<Reason> reasons) {
        Asks asks = ready.computeIfAbsent(match, k -> Asks.alone(Asks.of(k)));
        boolean any = false;
        for (Said value : values) {
            if (!value.isNull && asks.holds(value.form)) {
                reasons.add(new Reason(selection, field, value.form.text()));
                any = true;
            }
        }
        return any;
    }

    /// The values of all fields, and the record where it is a line of text, which is asked only if none
    /// of the values answers.
    private boolean keyword(Match match, String selection, Set<Reason> reasons) {
        EventBatch in = batch;
        if (in == null) {
            return asked(match, said.getOrDefault("", List.of()), null, selection, reasons);
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
        if (asked(match, all, null, selection, reasons)) {
            return true;
        }
        long whole = in.nativeText(row);
        int from = Column.from(whole);
        int length = Column.length(whole);
        return Evaluation.isLine(arena, from, length)
                && asked(
                        match,
                        List.of(new Said(new Value().of(arena, from, from + length), false, false)),
                        null,
                        selection,
                        reasons);
    }
}
