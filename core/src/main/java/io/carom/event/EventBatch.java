package io.carom.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Some thousands of events in flat columns: the form in which events travel from the readers to
/// everything else.
///
/// A batch owns one byte arena. It begins as the block that was read from the input; native records and
/// values are slices of it, and what had to be decoded (escapes, UTF-16) is appended behind. Each row
/// has: its OCSF class and source, its attributes in {@link Column}s, its native record whole, and its
/// native fields as slots (name id, slice, kind) for detections that speak native names. Rejected
/// records are carried beside the rows.
///
/// Rows are written in ascending order by one thread. A batch is then read-only until {@link #reset}.
/// Batches are reused: nobody keeps a slice longer than the batch is lent to him.
public final class EventBatch {
    /// Kinds of native values, one byte a slot.
    public static final byte TEXT = 0, NUMBER = 1, TRUE = 2, FALSE = 3, NULL = 4;

    /// An element of XML without content, which may be the empty text or no value: XML does not tell.
    public static final byte BLANK = 5;

    private byte[] arena;
    private int arenaEnd;

    private int rows;
    private int[] classUid = new int[256];
    private short[] source = new short[256];
    private long[] record = new long[256];
    private long[] offset = new long[256];
    private long[] nativeText = new long[256];
    private int[] firstSlot = new int[257];
    private @Nullable FieldUse[] use = new FieldUse[256];

    private int slots;
    private int[] slotField = new int[4096];
    private long[] slotValue = new long[4096];
    private byte[] slotKind = new byte[4096];

    private @Nullable Column[] columns = new Column[256];
    /// A bit an attribute: the current row has a value of it.
    private long[] given = new long[256 >> 6];

    private final List<Column> used = new ArrayList<>();

    private long blockOffset;
    private int blockBytes;

    private final List<Reject> rejects = new ArrayList<>();

    // Constants that were appended, by identity: an open table.
    private byte[] @Nullable [] constants = new byte[64][];
    private long[] constantSlices = new long[64];
    private int constantCount;

    /// Defaults of the rows from `defaultsFrom` on, which are still to be filled in.
    private @Nullable Defaults defaults;

    private int defaultsFrom;

    public EventBatch(int arenaSize) {
        arena = new byte[arenaSize];
    }

    private long fillings;

    // ---- reading
    // -------------------------------------------------------------------------------------------------

    public int rows() {
        return rows;
    }

    /// How often the batch was emptied: with it a row is told from the one that had its number before.
    public long fillings() {
        return fillings;
    }

    /// The bytes all slices of this batch point into. Grows while the batch is written: ask again after
    /// a write.
    public byte[] arena() {
        return arena;
    }

    /// Where in the (decompressed) input the block begins that this batch was read from.
    public long blockOffset() {
        return blockOffset;
    }

    /// How many bytes of the input stand, as they came, at the beginning of the arena.
    public int blockBytes() {
        return blockBytes;
    }

    /// OCSF `class_uid` of the row.
    public int classUid(int row) {
        return classUid[row];
    }

    /// Which source read the row; see {@link SourceNames}.
    public int source(int row) {
        return source[row];
    }

    /// Number of the record in its input, from 1, counting rejected ones.
    public long record(int row) {
        return record[row];
    }

    /// Where the record begins in its (decompressed) input, in bytes.
    public long offset(int row) {
        return offset[row];
    }

    /// The native record whole, as a packed slice (see {@link Column#from}).
    public long nativeText(int row) {
        return nativeText[row];
    }

    /// Which of the row's native fields became attributes; the others are printed under `unmapped`.
    public FieldUse use(int row) {
        return Objects.requireNonNull(use[row]);
    }

    public int firstSlot(int row) {
        return firstSlot[row];
    }

    public int endSlot(int row) {
        return firstSlot[row + 1];
    }

    /// Name id of a native field; see {@link FieldNames}.
    public int slotField(int slot) {
        return slotField[slot];
    }

    public long slotValue(int slot) {
        return slotValue[slot];
    }

    public byte slotKind(int slot) {
        return slotKind[slot];
    }

    /// The columns that have at least one value in this batch.
    public List<Column> columns() {
        settle();
        return used;
    }

    /// The column of an attribute, or null when no row of this batch has it.
    public @Nullable Column column(Attribute attribute) {
        settle();
        int id = attribute.id();
        Column column = id < columns.length ? columns[id] : null;
        return column == null || column.isEmpty() ? null : column;
    }

    public List<Reject> rejects() {
        return rejects;
    }

    /// The text of a packed slice.
    public String text(long packed) {
        return new String(arena, Column.from(packed), Column.length(packed), StandardCharsets.UTF_8);
    }

    /// The row's text value of the attribute, or null.
    public @Nullable String text(Attribute attribute, int row) {
        Column column = column(attribute);
        return column == null || !column.has(row) ? null : text(column.value(row));
    }

    /// The row's numeric value of the attribute, or the given one when it has none.
    public long number(Attribute attribute, int row, long otherwise) {
        Column column = column(attribute);
        return column == null || !column.has(row) ? otherwise : column.value(row);
    }

    // ---- writing
    // -------------------------------------------------------------------------------------------------

    /// Empties the batch for its next use.
    public void reset() {
        fillings++;
        rows = 0;
        slots = 0;
        arenaEnd = 0;
        blockBytes = 0;
        for (Column column : used) {
            column.reset();
        }
        used.clear();
        rejects.clear();
        if (constantCount > 0) {
            Arrays.fill(constants, null);
            constantCount = 0;
        }
        defaults = null;
        Arrays.fill(given, 0);
        firstSlot[0] = 0;
    }

    /// States which bytes of the input the arena begins with.
    public void block(long inputOffset, int bytes) {
        blockOffset = inputOffset;
        blockBytes = bytes;
    }

    /// Makes room for `more` bytes behind those in use and gives the arena; the caller fills from
    /// {@link
    /// #arenaEnd}
    /// and then calls {@link #arenaEnd(int)}.
    public byte[] reserve(int more) {
        if (arena.length - arenaEnd < more) {
            long size = Math.max((long) arenaEnd + more, arena.length + (long) (arena.length >> 1));
            arena = Arrays.copyOf(arena, (int) Math.min(size, Integer.MAX_VALUE - 16));
        }
        return arena;
    }

    public int arenaEnd() {
        return arenaEnd;
    }

    public void arenaEnd(int end) {
        arenaEnd = end;
    }

    /// Appends bytes to the arena; gives their packed slice.
    public long append(byte[] bytes, int from, int to) {
        byte[] room = reserve(to - from);
        int at = arenaEnd;
        System.arraycopy(bytes, from, room, at, to - from);
        arenaEnd = at + to - from;
        return Column.pack(at, arenaEnd);
    }

    public long append(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return append(bytes, 0, bytes.length);
    }

    /// The slice of a constant, appended once a batch. The array is compared by identity.
    @SuppressWarnings("ReferenceEquality")
    public long constant(byte[] constant) {
        int mask = constants.length - 1;
        int at = System.identityHashCode(constant) & mask;
        while (constants[at] != null) {
            if (constants[at] == constant) {
                return constantSlices[at];
            }
            at = at + 1 & mask;
        }
        long slice = append(constant, 0, constant.length);
        constants[at] = constant;
        constantSlices[at] = slice;
        if (++constantCount * 2 > constants.length) {
            growConstants();
        }
        return slice;
    }

    private void growConstants() {
        byte[] @Nullable [] old = constants;
        long[] slices = constantSlices;
        constants = new byte[old.length * 2][];
        constantSlices = new long[old.length * 2];
        for (int i = 0; i < old.length; i++) {
            byte[] constant = old[i];
            if (constant != null) {
                int at = System.identityHashCode(constant) & constants.length - 1;
                while (constants[at] != null) {
                    at = at + 1 & constants.length - 1;
                }
                constants[at] = constant;
                constantSlices[at] = slices[i];
            }
        }
    }

    /// Begins the next row; attributes and slots written until {@link #endRow} belong to it.
    public void startRow(int sourceId, long recordNumber, long recordOffset, long nativeSlice) {
        int row = rows;
        if (row == classUid.length) {
            int size = row * 2;
            classUid = Arrays.copyOf(classUid, size);
            source = Arrays.copyOf(source, size);
            record = Arrays.copyOf(record, size);
            offset = Arrays.copyOf(offset, size);
            nativeText = Arrays.copyOf(nativeText, size);
            firstSlot = Arrays.copyOf(firstSlot, size + 1);
            use = Arrays.copyOf(use, size);
        }
        source[row] = (short) sourceId;
        record[row] = recordNumber;
        offset[row] = recordOffset;
        nativeText[row] = nativeSlice;
        slots = firstSlot[row];
    }

    public void source(int row, int sourceId) {
        source[row] = (short) sourceId;
    }

    /// Restates the current row's native record, for a format whose native form is made while reading
    /// (EVTX).
    public void nativeText(int row, long slice) {
        nativeText[row] = slice;
    }

    /// Adds a native field to the current row.
    public void slot(int field, long slice, byte kind) {
        int slot = slots++;
        if (slot == slotField.length) {
            slotField = Arrays.copyOf(slotField, slot * 2);
            slotValue = Arrays.copyOf(slotValue, slot * 2);
            slotKind = Arrays.copyOf(slotKind, slot * 2);
        }
        slotField[slot] = field;
        slotValue[slot] = slice;
        slotKind[slot] = kind;
    }

    /// Gives a native field of the current row another name, where a format has several names for the
    /// same thing.
    public void rename(int slot, int field) {
        slotField[slot] = field;
    }

    /// End of the current row's slots so far.
    public int slots() {
        return slots;
    }

    /// Drops the current row's slots from here on, for a parser that tries one reading and then
    /// another.
    public void dropSlots(int from) {
        slots = from;
    }

    /// Sets the current row's value of a scalar attribute, in place of an earlier one.
    public void set(Attribute attribute, long value) {
        Column column = columnFor(attribute);
        given[attribute.id() >> 6] |= 1L << attribute.id();
        column.set(rows, value);
    }

    /// Adds to the current row's values of a list attribute.
    public void add(Attribute attribute, long value) {
        Column column = columnFor(attribute);
        given[attribute.id() >> 6] |= 1L << attribute.id();
        column.add(rows, value);
    }

    /// Whether the current row has a value of it already.
    public boolean has(Attribute attribute) {
        int id = attribute.id();
        return id >> 6 < given.length && (given[id >> 6] >>> id & 1) != 0;
    }

    /// How much memory the columns take, in bytes.
    public long columnBytes() {
        settle();
        long bytes = 0;
        for (Column column : used) {
            bytes += column.bytes();
        }
        return bytes;
    }

    /// The column of an attribute, to be filled as a whole by one who takes over rows of another batch;
    /// at least one value is then added to it. Rows ascend, and are begun and ended before.
    public Column columnOf(Attribute attribute) {
        return columnFor(attribute);
    }

    private Column columnFor(Attribute attribute) {
        int id = attribute.id();
        if (id >= columns.length) {
            columns = Arrays.copyOf(columns, Math.max(id + 64 & -64, columns.length * 2));
            given = Arrays.copyOf(given, columns.length >> 6);
        }
        Column column = columns[id];
        if (column == null) {
            column = new Column(attribute, classUid.length);
            columns[id] = column;
        }
        if (column.isEmpty()) {
            used.add(column);
        }
        return column;
    }

    /// Completes the current row as an event of this class, of whose native fields these became
    /// attributes.
    public void endRow(int uid, FieldUse fieldUse) {
        settle();
        end(uid, fieldUse);
    }

    private void end(int uid, FieldUse fieldUse) {
        classUid[rows] = uid;
        use[rows] = fieldUse;
        rows++;
        firstSlot[rows] = slots;
        Arrays.fill(given, 0);
    }

    /// As {@link #endRow(int, FieldUse)}; what the row has no value of, it has from these.
    public void endRow(int uid, FieldUse fieldUse, Defaults rest) {
        if (rest != defaults) {
            settle();
            defaults = rest;
            defaultsFrom = rows;
        }
        end(uid, fieldUse);
    }

    /// Fills in the defaults of the rows so far. To be called before others than the writing thread
    /// read the batch.
    public void settle() {
        Defaults rest = defaults;
        if (rest == null) {
            return;
        }
        defaults = null;
        for (Defaults.Value value : rest.values) {
            byte[] text = value.text();
            columnFor(value.to()).fill(defaultsFrom, rows, text == null ? value.number() : constant(text));
        }
    }

    /// Forgets what the current row was given.
    public void dropRow() {
        for (int i = used.size() - 1; i >= 0; i--) {
            Column column = used.get(i);
            column.clear(rows);
            if (column.isEmpty()) {
                used.remove(i);
            }
        }
        slots = firstSlot[rows];
        Arrays.fill(given, 0);
    }

    public void reject(Reject reject) {
        rejects.add(reject);
    }
}
