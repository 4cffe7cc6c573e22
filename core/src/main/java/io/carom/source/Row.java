package io.carom.source;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.Reject;
import io.carom.event.SourceNames;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Times;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The record being read: a reader gives it native fields, then ends it as an event (`map`), a reject
/// or nothing (`skip`).
///
/// A thin face over the current row of an {@link EventBatch}; one is used for a whole input. Slices are
/// packed as {@link Column#pack} does it and point into {@link #bytes}, which grows as decoded values
/// are appended: ask again after a write.
public final class Row {
    private EventBatch batch;
    private final InputContext context;
    private long records;
    private long blockOffset;
    private int blockStart;
    private int recordFrom;
    private int recordTo;
    private int origin = -1;
    private int originTo;
    private long outerTime = Times.NONE;
    private long arrived;
    private boolean open;

    public Row(EventBatch batch, InputContext context) {
        this.batch = batch;
        this.context = context;
        arrived = context.arrived();
    }

    /// Goes on in this batch, whose arena byte `start` is byte `offset` of the input.
    public void onto(EventBatch next, int start, long offset) {
        batch = next;
        blockStart = start;
        blockOffset = offset;
    }

    public EventBatch batch() {
        return batch;
    }

    public InputContext context() {
        return context;
    }

    public byte[] bytes() {
        return batch.arena();
    }

    /// How many records were begun so far, rejects included, skipped lines not.
    public long records() {
        return records;
    }

    /// Goes on numbering after `count` records, when an input is taken up again behind what was kept of it.
    public void records(long count) {
        records = count;
    }

    /// Begins a record that stands at these bytes; they are its native record.
    public void begin(int sourceId, int from, int to) {
        if (open) {
            throw new IllegalStateException("the record before was not ended by map, reject or skip");
        }
        open = true;
        records++;
        recordFrom = origin >= 0 ? origin : from;
        recordTo = origin >= 0 ? originTo : to;
        batch.startRow(sourceId, records, blockOffset + recordFrom - blockStart, Column.pack(from, to));
    }

    /// States where the records begun from now on stand in the block, when their bytes were decoded
    /// elsewhere in the arena first; -1 when they lie where they stand.
    public void origin(int from, int to) {
        origin = from;
        originTo = to;
    }

    /// The time an envelope around the record states (a syslog header), for records that carry none of
    /// their own;
    /// {@link Times#NONE} if there is no envelope.
    public void outerTime(long millis) {
        outerTime = millis;
    }

    public long outerTime() {
        return outerTime;
    }

    /// States when the records begun from now on came, milliseconds since 1970: the time of those that say
    /// none themselves (RFC 3164, section 4.3.2). 0 if not known.
    public void arrived(long millis) {
        arrived = millis;
    }

    public long arrived() {
        return arrived;
    }

    /// Corrects which source the record is of, when that is only known after it was cut.
    public void source(int sourceId) {
        batch.source(batch.rows(), sourceId);
    }

    /// Restates the native record, for formats whose native text is made while reading.
    public void nativeText(long slice) {
        batch.nativeText(batch.rows(), slice);
    }

    // ---- native fields
    // -------------------------------------------------------------------------------------------

    public void field(int name, int from, int to, byte kind) {
        batch.slot(name, Column.pack(from, to), kind);
    }

    public void field(int name, int from, int to) {
        batch.slot(name, Column.pack(from, to), EventBatch.TEXT);
    }

    public void field(int name, long slice, byte kind) {
        batch.slot(name, slice, kind);
    }

    public void field(String name, String value) {
        batch.slot(FieldNames.of(name), batch.append(value), EventBatch.TEXT);
    }

    /// The slot of the record's first native field of this name, or -1.
    public int find(int name) {
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            if (batch.slotField(slot) == name) {
                return slot;
            }
        }
        return -1;
    }

    public boolean has(int name) {
        return find(name) >= 0;
    }

    /// The packed slice of the first native field of this name, or -1.
    public long value(int name) {
        int slot = find(name);
        return slot < 0 ? -1 : batch.slotValue(slot);
    }

    /// The text of the first native field of this name, or null. Makes a String: for the cold path.
    public @Nullable String text(int name) {
        long slice = value(name);
        return slice < 0 ? null : batch.text(slice);
    }

    /// Whether the first native field of this name has exactly this ASCII value.
    public boolean is(int name, String ascii) {
        long slice = value(name);
        return slice >= 0 && equal(slice, ascii);
    }

    /// Whether the slice holds exactly this ASCII text.
    public boolean equal(long slice, String ascii) {
        int length = Column.length(slice);
        if (length != ascii.length()) {
            return false;
        }
        byte[] bytes = batch.arena();
        int from = Column.from(slice);
        for (int i = 0; i < length; i++) {
            if (bytes[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    // ---- attributes outside a mapping
    // ------------------------------------------------------------------------------

    public void set(Attribute attribute, long value) {
        batch.set(attribute, value);
    }

    public void set(Attribute attribute, String text) {
        batch.set(attribute, batch.append(text));
    }

    public void add(Attribute attribute, String text) {
        batch.add(attribute, batch.append(text));
    }

    // ---- ends
    // ----------------------------------------------------------------------------------------------------

    /// Ends the record as an event of the mapping's class, or as a reject if the mapping finds its time
    /// unreadable.
    public void map(Mapping mapping) {
        if (apply(mapping)) {
            end(mapping);
        }
    }

    /// Gives the record the mapping's attributes and leaves it open, for what follows from them; false if it
    /// was rejected instead.
    public boolean apply(Mapping mapping) {
        String fault = mapping.apply(this);
        if (fault != null) {
            reject(fault);
        }
        return fault == null;
    }

    /// Ends the record as an event of the class of a mapping that was applied.
    public void end(Mapping mapping) {
        open = false;
        batch.endRow(mapping.classUid(), mapping, mapping.defaults());
    }

    /// Ends the record as not understood. The reason says what was found and expected, without quoting
    /// the record.
    public void reject(String reason) {
        open = false;
        batch.dropRow();
        batch.reject(new Reject(
                records,
                blockOffset + recordFrom - blockStart,
                recordTo - recordFrom,
                reason,
                Arrays.copyOfRange(batch.arena(), recordFrom, recordTo)));
    }

    /// Takes the record back: it was a header, a comment or a blank line, and counts as nothing.
    public void skip() {
        open = false;
        records--;
        batch.dropRow();
    }

    /// Whether a record was begun and not yet ended.
    public boolean isOpen() {
        return open;
    }

    @Override
    public String toString() {
        return context.path() + " record " + records + " (" + SourceNames.name(batch.source(batch.rows())) + ")";
    }
}
