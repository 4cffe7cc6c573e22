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
final class Evaluation {
    /// After so many events the anchors are chosen anew from what was seen.
    private static final int[] LESSONS = {128, 2048, 32_768, 1 << 20};

    private final Program program;
    private final Memo[] memos;
    private final FieldTests.Scratch[] scratch;
    private final FieldTests.@Nullable Scratch[] alone;

    private final EventBits bits;
    private final @Nullable Memo[] searchMemos;
    private final Memo.Budget budget;
    private final int[] @Nullable [] anchored;
    private int[] always = new int[0];
    private final int[] turnings;
    private final SpacelessNames names = new SpacelessNames();
    private int events;
    private int lesson;

    // Of the event at hand.
    private int event;
    private final int[] fieldSeen;
    private final int[] fieldValues;
    private final int[][] fieldTurned;
    // Each field's first value.
    private final byte[][] fieldBytes;
    private final int[] fieldFrom;
    private final int[] fieldTo;
    private final byte[] fieldKind;
    // Where it stands in the field's memory, or -1.
    private final int[] fieldEntry;
    // The same in the forms in which expressions are looked for in it, each made once.
    private final Value[] fieldForm;
    private final int[] fieldFormed;
    private final Ints touched = new Ints();
    private final int[] candidateSeen;
    private final Ints candidates = new Ints();

    Evaluation(Program program, Memo.Budget budget) {
        this.program = program;
        int fields = program.fields.length;
        memos = new Memo[fields];
        scratch = new FieldTests.Scratch[fields];
        for (int f = 0; f < fields; f++) {
            memos[f] = new Memo(budget);
            scratch[f] = new FieldTests.Scratch(program.fields[f]);
        }
        alone = new FieldTests.Scratch[fields];
        bits = new EventBits(program.atoms, program.late.size());
        for (int atom = 0; atom < program.atoms; atom++) {
            if (program.ground[atom]) {
                bits.set(atom);
            }
        }
        this.budget = budget;
        searchMemos = new Memo[program.late.size()];
        anchored = new int[program.atoms][];
        turnings = new int[program.atoms];
        fieldSeen = new int[fields];
        fieldValues = new int[fields];
        fieldTurned = new int[fields][];
        fieldBytes = new byte[fields][];
        fieldFrom = new int[fields];
        fieldTo = new int[fields];
        fieldKind = new byte[fields];
        fieldEntry = new int[fields];
        fieldForm = new Value[fields];
        Arrays.setAll(fieldForm, f -> new Value());
        fieldFormed = new int[fields];
        candidateSeen = new int[program.rules()];
        anchor();
    }

    /// Hangs each rule on the atoms that turn least often.
    private void anchor() {
        double[] cost = new double[program.atoms];
        for (int atom = 0; atom < cost.length; atom++) {
            cost[atom] = (turnings[atom] + 4 * program.guess[atom]) / (events + 4);
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
        candidates.clear();
        touched.clear();
        byte[] arena = batch.arena();
        int end = batch.endSlot(row);
        for (int slot = batch.firstSlot(row); slot < end; slot++) {
            int[] fields = program.fieldsOf(names.of(batch.slotField(slot)));
            if (fields != null) {
                long value = batch.slotValue(slot);
                int from = Column.from(value);
                for (int field : fields) {
                    value(field, arena, from, from + Column.length(value), batch.slotKind(slot));
                }
            }
        }
        for (int i = 0; i < program.columns.length; i++) {
            column(batch, row, i);
        }
        if (program.keywords) {
            keywords(batch, row);
        }
        for (int i = 0; i < touched.size(); i++) {
            int field = touched.get(i);
            if (fieldValues[field] > 1) {
                together(batch, row, field);
            }
        }
        for (int i = 0; i < candidates.size(); i++) {
            decide(batch, row, kind, candidates.get(i), sink);
        }
        for (int rule : always) {
            decide(batch, row, kind, rule, sink);
        }
        for (int i = 0; i < touched.size(); i++) {
            turnBack(fieldTurned[touched.get(i)]);
        }
        events++;
        if (lesson < LESSONS.length && events == LESSONS[lesson]) {
            lesson++;
            anchor();
        }
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

    private void value(int field, byte[] b, int from, int to, byte kind) {
        if (fieldSeen[field] == event) {
            fieldValues[field]++;
            return;
        }
        fieldSeen[field] = event;
        fieldValues[field] = 1;
        fieldBytes[field] = b;
        fieldFrom[field] = from;
        fieldTo[field] = to;
        fieldKind[field] = kind;
        fieldEntry[field] = -1;
        touched.add(field);
        fieldTurned[field] = switch (kind) {
            case EventBatch.NULL -> program.fields[field].turnedByNull;
            case EventBatch.BLANK -> program.fields[field].turnedByBlank;
            default -> turned(field, b, from, to);
        };
        turn(fieldTurned[field]);
    }

    /// Which atoms the value turns, by memory where it has come before.
    private int[] turned(int field, byte[] b, int from, int to) {
        Memo memo = memos[field];
        FieldTests.Scratch ask = scratch[field];
        if (to - from > Memo.LONGEST || !memo.awake()) {
            ask.ask(b, from, to - from);
            return ask.turned();
        }
        long hash = Fold.hash(b, from, to);
        int known = memo.find(hash, b, from, to);
        if (known >= 0) {
            fieldEntry[field] = known;
            return memo.turned(known);
        }
        ask.ask(b, from, to - from);
        int[] passed = ask.passed();
        int[] turned = ask.turned();
        fieldEntry[field] = memo.put(hash, b, from, to, passed, turned);
        return turned;
    }

    /// Adds the tests a value passes to those that the field's other values passed.
    private void add(int field, byte[] b, int from, int to) {
        Memo memo = memos[field];
        FieldTests.Scratch ask = scratch[field];
        if (to - from > Memo.LONGEST || !memo.awake()) {
            ask.ask(b, from, to - from);
            return;
        }
        long hash = Fold.hash(b, from, to);
        int known = memo.find(hash, b, from, to);
        if (known >= 0) {
            ask.pass(memo.passed(known));
            return;
        }
        FieldTests.Scratch other = alone(field);
        other.ask(b, from, to - from);
        int[] passed = other.passed();
        memo.put(hash, b, from, to, passed, other.turned());
        ask.pass(passed);
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
                b = written(attribute.kind(), value);
                from = 0;
                to = b.length;
            }
            for (int field : program.byColumn[index]) {
                value(field, b, from, to, EventBatch.TEXT);
            }
        }
    }

    private static byte[] written(Kind kind, long value) {
        String text = kind == Kind.FLOAT
                ? Double.toString(Double.longBitsToDouble(value))
                : kind == Kind.BOOLEAN ? Boolean.toString(value != 0) : Long.toString(value);
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// Keywords are looked for in every value and, where the record is one line of text, in the whole.
    private void keywords(EventBatch batch, int row) {
        int field = Program.EVERYTHING;
        int shortest = program.fields[field].shortest();
        byte[] arena = batch.arena();
        int end = batch.endSlot(row);
        for (int slot = batch.firstSlot(row); slot < end; slot++) {
            long value = batch.slotValue(slot);
            int from = Column.from(value);
            // Folding can shorten a text by half, no more.
            if (2 * Column.length(value) > shortest && batch.slotKind(slot) != EventBatch.NULL) {
                keywords(batch.slotField(slot), arena, from, Column.length(value));
            }
        }
        long whole = batch.nativeText(row);
        int from = Column.from(whole);
        if (isLine(arena, from, Column.length(whole))) {
            scratch[field].ask(arena, from, Column.length(whole));
        }
        fieldTurned[field] = scratch[field].turned();
        fieldValues[field] = 1;
        touched.add(field);
        turn(fieldTurned[field]);
    }

    /// Keywords of a native field's value: where a rule asks the field too, they are remembered with it.
    private void keywords(int name, byte[] arena, int from, int length) {
        int[] fields = program.fieldsOf(names.of(name));
        if (fields == null || fieldValues[fields[0]] != 1 || fieldEntry[fields[0]] < 0) {
            scratch[Program.EVERYTHING].ask(arena, from, length);
            return;
        }
        Memo memo = memos[fields[0]];
        int[] known = memo.keywords(fieldEntry[fields[0]]);
        if (known == null) {
            FieldTests.Scratch other = alone(Program.EVERYTHING);
            other.ask(arena, from, length);
            known = other.passed();
            other.turned();
            memo.keywords(fieldEntry[fields[0]], known);
        }
        if (known.length > 0) {
            scratch[Program.EVERYTHING].pass(known);
        }
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

    /// A field with several values holds a test if one of them does, so its atoms are asked of all of them
    /// together.
    private void together(EventBatch batch, int row, int field) {
        turnBack(fieldTurned[field]);
        FieldTests.Scratch ask = scratch[field];
        each(names, batch, row, program.places.get(field), (b, from, to, kind) -> {
            switch (kind) {
                case EventBatch.NULL -> ask.pass(program.fields[field].testsOfNull);
                case EventBatch.BLANK -> ask.pass(program.fields[field].testsOfBlank);
                default -> add(field, b, from, to);
            }
        });
        fieldTurned[field] = ask.turned();
        turn(fieldTurned[field]);
    }

    private void decide(EventBatch batch, int row, int kind, int rule, RuleMatcher.Sink sink) {
        if (program.compiled[rule].holds(bits)) {
            sink.matched(program.rule(rule), kind, batch, row);
        }
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
                    List<String> others = values(names, of, row, program.places.get(other));
                    for (String value : values(names, of, row, program.places.get(field))) {
                        for (String against : others) {
                            if (FieldComparison.holds(value, against, where, cased)) {
                                yield true;
                            }
                        }
                    }
                    yield false;
                }
            };
        }
    }

    private static final int[] YES = {1};
    private static final int[] NO = {};

    /// Whether the expression is found in the field's one value, by memory where it was asked before.
    private boolean search(int id, Search search, int field) {
        Memo memo = searchMemos[id];
        if (memo == null) {
            memo = new Memo(budget);
            searchMemos[id] = memo;
        }
        byte[] b = fieldBytes[field];
        int from = fieldFrom[field];
        int to = fieldTo[field];
        if (to - from > Memo.LONGEST || !memo.awake()) {
            return search.found(form(field));
        }
        long hash = Fold.hash(b, from, to);
        int known = memo.find(hash, b, from, to);
        if (known >= 0) {
            return memo.passed(known).length > 0;
        }
        boolean found = search.found(form(field));
        memo.put(hash, b, from, to, found ? YES : NO, NO);
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
