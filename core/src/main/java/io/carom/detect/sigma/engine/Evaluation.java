package io.carom.detect.sigma.engine;

import io.carom.detect.sigma.LogSources.Place;
import io.carom.detect.sigma.Match;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// Runs a {@link Program} over events, for one thread.
///
/// A field's values are known again ({@link Memo}), what they answer is known again ({@link
/// AnswerBook}), and so is what became of an event whose fields answered the same ({@link Outcomes}).
/// Only where the last is not known are the rules looked at.
final class Evaluation {
    /// After so many events the anchors are chosen anew from what was seen.
    private static final int[] LESSONS = {128, 2048, 32_768, 1 << 20};

    private final Program program;
    private final List<Memo<Known>> memos = new ArrayList<>();
    private final AnswerBook.States states = new AnswerBook.States();
    private final AnswerBook[] books;
    private final FieldTests.Scratch[] scratch;
    private final FieldTests.@Nullable Scratch[] alone;
    private final Outcomes outcomes;

    private final EventBits bits;
    private final @Nullable Memo<Boolean>[] searchMemos;
    private final Memo.Budget budget;
    private final int[] @Nullable [] anchored;
    private int[] always = new int[0];
    private final int[] turnings;
    private final SpacelessNames names = new SpacelessNames();
    /// By {@link FieldNames} id, the fields that a native field is a value of; null where it is not
    /// known yet.
    private int[] @Nullable [] routes = new int[256][];

    private int looked;
    private int lesson;

    /// What is known of a value: its answers, and those of the keywords in it once they were looked
    /// for.
    private static final class Known {
        final Answers answers;

        @Nullable
        Answers keywords;

        Known(Answers answers) {
            this.answers = answers;
        }
    }

    // Of the event at hand.
    private int event;
    private final int[] fieldSeen;
    private final int[] fieldValues;
    private final Answers[] fieldAnswers;
    // Each field's first value.
    private final byte[][] fieldBytes;
    private final int[] fieldFrom;
    private final int[] fieldTo;
    private final byte[] fieldKind;
    // What the field's memory holds of it.
    private final @Nullable Known[] fieldKnown;
    // The same in the forms in which expressions are looked for in it, each made once.
    private final Value[] fieldForm;
    private final int[] fieldFormed;
    /// Of each column that holds numbers, room for one in digits.
    private final byte[][] digits;
    private final Ints touched = new Ints();
    // What is to be looked through for keywords, and those remembered values that are in it.
    private final Stretches stretches = new Stretches();
    private final List<Known> unsure = new ArrayList<>();
    private final int[] vector;
    private final int[] candidateSeen;
    private final Ints candidates = new Ints();

    @SuppressWarnings({"unchecked", "rawtypes"})
    Evaluation(Program program, Memo.Budget budget) {
        this.program = program;
        this.budget = budget;
        int fields = program.fields.length;
        books = new AnswerBook[fields];
        scratch = new FieldTests.Scratch[fields];
        for (int f = 0; f < fields; f++) {
            memos.add(new Memo<>(budget));
            books[f] = new AnswerBook(states, budget);
            scratch[f] = new FieldTests.Scratch(program.fields[f]);
        }
        alone = new FieldTests.Scratch[fields];
        outcomes = new Outcomes(budget);
        bits = new EventBits(program.atoms, program.late.size());
        for (int atom = 0; atom < program.atoms; atom++) {
            if (program.ground[atom]) {
                bits.set(atom);
            }
        }
        searchMemos = new Memo[program.late.size()];
        anchored = new int[program.atoms][];
        turnings = new int[program.atoms];
        fieldSeen = new int[fields];
        fieldValues = new int[fields];
        fieldAnswers = new Answers[fields];
        fieldBytes = new byte[fields][];
        fieldFrom = new int[fields];
        fieldTo = new int[fields];
        fieldKind = new byte[fields];
        fieldKnown = new Known[fields];
        fieldForm = new Value[fields];
        Arrays.setAll(fieldForm, f -> new Value());
        fieldFormed = new int[fields];
        digits = new byte[program.columns.length][20];
        vector = new int[fields];
        candidateSeen = new int[program.rules()];
        anchor();
    }

    /// Hangs each rule on the atoms that turn least often.
    private void anchor() {
        double[] cost = new double[program.atoms];
        for (int atom = 0; atom < cost.length; atom++) {
            cost[atom] = (turnings[atom] + 4 * program.guess[atom]) / (looked + 4);
        }
        Ints[] of = new Ints[program.atoms];
        Ints all = new Ints();
        for (int rule = 0; rule < program.rules(); rule++) {
            int[] anchors = program.anchors(rule, cost);
            if (anchors == null) {
                all.add(rule);
                continue;
            }
            for (int atom : anchors) {
                Ints list = of[atom] == null ? (of[atom] = new Ints()) : of[atom];
                list.add(rule);
            }
        }
        for (int atom = 0; atom < anchored.length; atom++) {
            anchored[atom] = of[atom] == null ? null : of[atom].toArray();
        }
        always = all.toArray();
    }

    void match(EventBatch batch, int row, int kind, RuleMatcher.Sink sink) {
        event++;
        bits.of(batch, row);
        touched.clear();
        byte[] arena = batch.arena();
        stretches.clear();
        unsure.clear();
        int end = batch.endSlot(row);
        for (int slot = batch.firstSlot(row); slot < end; slot++) {
            int[] fields = route(batch.slotField(slot));
            long value = batch.slotValue(slot);
            int from = Column.from(value);
            int to = from + Column.length(value);
            for (int field : fields) {
                value(field, arena, from, to, batch.slotKind(slot));
            }
            if (program.keywords) {
                keywords(fields, from, to);
            }
        }
        for (int i = 0; i < program.columns.length; i++) {
            column(batch, row, i);
        }
        if (program.keywords) {
            keywords(batch, row);
        }
        int count = 0;
        for (int i = 0; i < touched.size(); i++) {
            int field = touched.get(i);
            if (fieldValues[field] > 1) {
                fieldAnswers[field] = together(batch, row, field);
            }
            int state = fieldAnswers[field].state();
            if (state != 0) {
                vector[count++] = state;
            }
        }
        Outcomes.Outcome outcome = outcome(count);
        for (int i = 0; i < outcome.rules().length; i++) {
            Question rest = outcome.rest()[i];
            if (rest == null || rest.holds(bits)) {
                sink.matched(program.rule(outcome.rules()[i]), kind, batch, row);
            }
        }
        if (states.full()) {
            forget();
        }
    }

    private int[] route(int name) {
        if (name < routes.length) {
            int[] known = routes[name];
            if (known != null) {
                return known;
            }
        } else {
            routes = Arrays.copyOf(routes, Math.max(name + 1, routes.length * 2));
        }
        int[] fields = program.fieldsOf(names.of(name));
        int[] route = fields == null ? NO_FIELDS : fields;
        routes[name] = route;
        return route;
    }

    private static final int[] NO_FIELDS = {};

    private Outcomes.Outcome outcome(int count) {
        if (count == 0 && always.length == 0) {
            return Outcomes.Outcome.NOTHING;
        }
        if (!outcomes.awake()) {
            return look();
        }
        long hash = Outcomes.hash(vector, count);
        Outcomes.Outcome known = outcomes.find(hash, vector, count);
        if (known == null) {
            known = look();
            outcomes.put(hash, vector, count, known);
        }
        return known;
    }

    /// Looks at the rules that hang on what the fields' values turned.
    ///
    private Outcomes.Outcome look() {
        candidates.clear();
        for (int rule : always) {
            candidates.add(rule);
        }
        for (int i = 0; i < touched.size(); i++) {
            turn(fieldAnswers[touched.get(i)].turned());
        }
        int[] rules = candidates.toArray();
        Arrays.sort(rules);
        int count = 0;
        @Nullable Question[] rest = new Question[rules.length];
        for (int rule : rules) {
            int decided = program.compiled[rule].decided(bits);
            if (decided != Question.NO) {
                rest[count] = decided == Question.LATE ? Question.of(Node.rest(program.expressions[rule], bits)) : null;
                rules[count++] = rule;
            }
        }
        for (int i = 0; i < touched.size(); i++) {
            turnBack(fieldAnswers[touched.get(i)].turned());
        }
        looked++;
        if (lesson < LESSONS.length && looked == LESSONS[lesson]) {
            lesson++;
            anchor();
        }
        return count == 0
                ? Outcomes.Outcome.NOTHING
                : new Outcomes.Outcome(Arrays.copyOf(rules, count), Arrays.copyOf(rest, count));
    }

    /// Forgets all values and what they led to.
    void forget() {
        memos.forEach(Memo::clear);
        for (Memo<Boolean> memo : searchMemos) {
            if (memo != null) {
                memo.clear();
            }
        }
        for (AnswerBook book : books) {
            book.clear();
        }
        outcomes.clear();
        states.clear();
    }

    /// For each expression, the values on which its search was given up.
    void givenUp(ObjLongConsumer<Match.Regex> each) {
        for (FieldTests tests : program.fields) {
            tests.givenUp(each);
        }
        for (int i = 0; i < program.searches.length; i++) {
            Search search = program.searches[i];
            if (search != null && search.givenUp() > 0 && program.late.get(i) instanceof Program.Late.Search late) {
                each.accept(late.regex(), search.givenUp());
            }
        }
    }

    /// What stands in an array already is not written again: the arrays are old and what is written to them
    /// young or elsewhere, of which G1 takes note behind a fence.
    @SuppressWarnings("ReferenceEquality")
    private void value(int field, byte[] b, int from, int to, byte kind) {
        if (fieldSeen[field] == event) {
            fieldValues[field]++;
            return;
        }
        fieldSeen[field] = event;
        fieldValues[field] = 1;
        if (fieldBytes[field] != b) {
            fieldBytes[field] = b;
        }
        fieldFrom[field] = from;
        fieldTo[field] = to;
        fieldKind[field] = kind;
        fieldKnown[field] = null;
        touched.add(field);
        Answers answers = switch (kind) {
            case EventBatch.NULL -> answers(field, program.fields[field].testsOfNull);
            case EventBatch.BLANK -> answers(field, program.fields[field].testsOfBlank);
            default -> answers(field, b, from, to);
        };
        if (fieldAnswers[field] != answers) {
            fieldAnswers[field] = answers;
        }
    }

    private Answers answers(int field, int[] tests) {
        scratch[field].pass(tests);
        return scratch[field].answers(books[field]);
    }

    /// What the value answers, by memory where it has come before.
    private Answers answers(int field, byte[] b, int from, int to) {
        Memo<Known> memo = memos.get(field);
        FieldTests.Scratch ask = scratch[field];
        if (to - from > Memo.LONGEST || !memo.awake()) {
            ask.ask(b, from, to - from);
            return ask.answers(books[field]);
        }
        long hash = Fold.hash(b, from, to);
        Known known = memo.find(hash, b, from, to);
        if (known == null) {
            ask.ask(b, from, to - from);
            known = new Known(ask.answers(books[field]));
            memo.put(hash, b, from, to, known);
        }
        fieldKnown[field] = known;
        return known.answers;
    }

    /// Adds the tests a value passes to those that the field's other values passed.
    private void add(int field, byte[] b, int from, int to) {
        Memo<Known> memo = memos.get(field);
        FieldTests.Scratch ask = scratch[field];
        if (to - from > Memo.LONGEST || !memo.awake()) {
            ask.ask(b, from, to - from);
            return;
        }
        long hash = Fold.hash(b, from, to);
        Known known = memo.find(hash, b, from, to);
        if (known == null) {
            FieldTests.Scratch other = alone(field);
            other.ask(b, from, to - from);
            known = new Known(other.answers(books[field]));
            memo.put(hash, b, from, to, known);
        }
        ask.pass(known.answers.tests());
    }

    private void turn(int[] atoms) {
        for (int atom : atoms) {
            bits.turn(atom);
            turnings[atom]++;
            int[] rules = anchored[atom];
            if (rules != null) {
                for (int rule : rules) {
                    if (candidateSeen[rule] != event) {
                        candidateSeen[rule] = event;
                        candidates.add(rule);
                    }
                }
            }
        }
    }

    private void turnBack(int[] atoms) {
        for (int atom : atoms) {
            bits.turn(atom);
        }
    }

    private void column(EventBatch batch, int row, int index) {
        Attribute attribute = program.columns[index];
        Column column = batch.column(attribute);
        if (column == null) {
            return;
        }
        int count = column.count(row);
        for (int i = 0; i < count; i++) {
            long value = column.value(row, i);
            byte[] b = batch.arena();
            int from = Column.from(value);
            int to = from + Column.length(value);
            if (!attribute.kind().isText()) {
                // A field keeps its first value only, so a second one may take its place.
                boolean isWhole = attribute.kind() != Kind.FLOAT && attribute.kind() != Kind.BOOLEAN;
                b = isWhole ? digits[index] : written(attribute.kind(), value);
                from = isWhole ? digits(value, b) : 0;
                to = b.length;
            }
            for (int field : program.byColumn[index]) {
                value(field, b, from, to, EventBatch.TEXT);
            }
        }
    }

    /// Writes a number, as {@link Long#toString} does, to the end of the bytes; gives where it begins.
    static int digits(long value, byte[] into) {
        int at = into.length;
        // Negative numbers reach one further.
        long left = value > 0 ? -value : value;
        do {
            into[--at] = (byte) ('0' - left % 10);
            left /= 10;
        } while (left != 0);
        if (value < 0) {
            into[--at] = '-';
        }
        return at;
    }

    private static byte[] written(Kind kind, long value) {
        String text = kind == Kind.FLOAT
                ? Double.toString(Double.longBitsToDouble(value))
                : kind == Kind.BOOLEAN ? Boolean.toString(value != 0) : Long.toString(value);
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// Where a native field's value is not known to be without keywords, it is to be looked through.
    private void keywords(int[] fields, int from, int to) {
        Known known = fields.length == 0 || fieldValues[fields[0]] != 1 ? null : fieldKnown[fields[0]];
        if (known != null) {
            if (known.keywords == null) {
                unsure.add(known);
            } else if (known.keywords.tests().length == 0) {
                return;
            }
        }
        stretches.add(from, to);
    }

    /// Keywords are looked for in every value and, where the record is one line of text, in the whole.
    private void keywords(EventBatch batch, int row) {
        int field = Program.EVERYTHING;
        byte[] arena = batch.arena();
        if (stretches.mayPass(program.fields[field], arena)) {
            int end = batch.endSlot(row);
            for (int slot = batch.firstSlot(row); slot < end; slot++) {
                long value = batch.slotValue(slot);
                if (Column.length(value) > 0 && batch.slotKind(slot) != EventBatch.NULL) {
                    keywords(route(batch.slotField(slot)), arena, Column.from(value), Column.length(value));
                }
            }
        } else if (!unsure.isEmpty()) {
            Answers none = scratch[field].answers(books[field]);
            unsure.forEach(known -> known.keywords = none);
        }
        long whole = batch.nativeText(row);
        int from = Column.from(whole);
        if (isLine(arena, from, Column.length(whole))) {
            scratch[field].ask(arena, from, Column.length(whole));
        }
        fieldAnswers[field] = scratch[field].answers(books[field]);
        fieldValues[field] = 1;
        touched.add(field);
    }

    /// Keywords of a native field's value: where a rule asks the field too, they are remembered with
    /// it.
    private void keywords(int[] fields, byte[] arena, int from, int length) {
        Known known = fields.length == 0 || fieldValues[fields[0]] != 1 ? null : fieldKnown[fields[0]];
        if (known == null) {
            scratch[Program.EVERYTHING].ask(arena, from, length);
            return;
        }
        Answers answers = known.keywords;
        if (answers == null) {
            FieldTests.Scratch other = alone(Program.EVERYTHING);
            other.ask(arena, from, length);
            answers = other.answers(books[Program.EVERYTHING]);
            known.keywords = answers;
        }
        scratch[Program.EVERYTHING].pass(answers.tests());
    }

    private FieldTests.Scratch alone(int field) {
        FieldTests.Scratch other = alone[field];
        if (other == null) {
            other = new FieldTests.Scratch(program.fields[field]);
            alone[field] = other;
        }
        return other;
    }

    /// JSON and XML hold their values in an escaped form, so they are asked value by value.
    static boolean isLine(byte[] b, int from, int length) {
        return length > 0 && b[from] != '{' && b[from] != '[' && b[from] != '<';
    }

    /// A field with several values holds a test if one of them does, so its atoms are asked of all of
    /// them together.
    private Answers together(EventBatch batch, int row, int field) {
        FieldTests.Scratch ask = scratch[field];
        each(names, batch, row, program.places.get(field), (b, from, to, kind) -> {
            switch (kind) {
                case EventBatch.NULL -> ask.pass(program.fields[field].testsOfNull);
                case EventBatch.BLANK -> ask.pass(program.fields[field].testsOfBlank);
                default -> add(field, b, from, to);
            }
        });
        if (ask.unsettled()) {
            each(names, batch, row, program.places.get(field), (b, from, to, kind) -> {
                if (kind != EventBatch.NULL) {
                    ask.settle(b, from, to - from);
                }
            });
        }
        return ask.answers(books[field]);
    }

    /// The bits of the event at hand; what is dear is found out at most once.
    private final class EventBits extends Bits {
        private final int[] asked;
        private final boolean[] answer;
        private @Nullable EventBatch batch;
        private int row;

        EventBits(int size, int late) {
            super(size);
            asked = new int[late];
            answer = new boolean[late];
        }

        void of(EventBatch of, int at) {
            batch = of;
            row = at;
        }

        @Override
        boolean lazy(int id) {
            if (asked[id] != event) {
                asked[id] = event;
                answer[id] = find(Objects.requireNonNull(batch), id);
            }
            return answer[id];
        }

        private boolean find(EventBatch of, int id) {
            return switch (program.late.get(id)) {
                case Program.Late.Search(int field, var regex) -> {
                    Search search = Objects.requireNonNull(program.searches[id]);
                    if (fieldSeen[field] != event) {
                        yield false;
                    }
                    if (fieldValues[field] == 1) {
                        yield fieldKind[field] != EventBatch.NULL && search(id, search, field);
                    }
                    boolean[] found = {false};
                    each(names, of, row, program.places.get(field), (b, from, to, kind) -> {
                        if (kind != EventBatch.NULL && !found[0]) {
                            found[0] = search.found(new Value().of(b, from, to));
                        }
                    });
                    yield found[0];
                }
                case Program.Late.Comparison(int field, int other, var where, boolean cased) -> {
                    if (fieldSeen[field] != event || fieldSeen[other] != event) {
                        yield false;
                    }
                    if (!cased && fieldValues[field] == 1 && fieldValues[other] == 1) {
                        yield fieldKind[field] != EventBatch.NULL
                                && fieldKind[other] != EventBatch.NULL
                                && FieldComparison.holds(
                                        form(field).folded(), form(other).folded(), where);
                    }
                    yield FieldComparison.first(
                                    values(names, of, row, program.places.get(field)),
                                    values(names, of, row, program.places.get(other)),
                                    where,
                                    cased)
                            != null;
                }
            };
        }
    }

    /// Whether the expression is found in the field's one value, by memory where it was asked before.
    private boolean search(int id, Search search, int field) {
        byte[] b = fieldBytes[field];
        int from = fieldFrom[field];
        int to = fieldTo[field];
        if (!search.fits(b, from, to)) {
            return false;
        }
        Memo<Boolean> memo = searchMemos[id];
        if (memo == null) {
            memo = new Memo<>(budget);
            searchMemos[id] = memo;
        }
        if (to - from > Memo.LONGEST || !memo.awake()) {
            return search.found(form(field));
        }
        long hash = Fold.hash(b, from, to);
        Boolean known = memo.find(hash, b, from, to);
        if (known != null) {
            return known;
        }
        boolean found = search.found(form(field));
        memo.put(hash, b, from, to, found);
        return found;
    }

    private Value form(int field) {
        Value form = fieldForm[field];
        if (fieldFormed[field] != event) {
            fieldFormed[field] = event;
            form.of(fieldBytes[field], fieldFrom[field], fieldTo[field]);
        }
        return form;
    }

    /// The values that stand in any of the places, in the event's order.
    static List<String> values(SpacelessNames names, EventBatch batch, int row, List<Place> places) {
        List<String> values = new ArrayList<>();
        each(names, batch, row, places, (b, from, to, kind) -> {
            if (kind != EventBatch.NULL) {
                values.add(new String(b, from, to - from, StandardCharsets.UTF_8));
            }
        });
        return values;
    }

    @FunctionalInterface
    interface ValueSink {
        void value(byte[] b, int from, int to, byte kind);
    }

    static void each(SpacelessNames names, EventBatch batch, int row, List<Place> places, ValueSink sink) {
        for (Place place : places) {
            switch (place) {
                case Place.Native(String name) -> {
                    int id = FieldNames.of(name.indexOf(' ') < 0 ? name : name.replace(" ", ""));
                    for (int slot = batch.firstSlot(row); slot < batch.endSlot(row); slot++) {
                        if (names.of(batch.slotField(slot)) == id) {
                            long value = batch.slotValue(slot);
                            int from = Column.from(value);
                            sink.value(batch.arena(), from, from + Column.length(value), batch.slotKind(slot));
                        }
                    }
                }
                case Place.Column(Attribute attribute) -> {
                    Column column = batch.column(attribute);
                    if (column == null) {
                        continue;
                    }
                    for (int i = 0, n = column.count(row); i < n; i++) {
                        long value = column.value(row, i);
                        if (attribute.kind().isText()) {
                            int from = Column.from(value);
                            sink.value(batch.arena(), from, from + Column.length(value), EventBatch.TEXT);
                        } else {
                            byte[] text = written(attribute.kind(), value);
                            sink.value(text, 0, text.length, EventBatch.TEXT);
                        }
                    }
                }
            }
        }
    }
}
