package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.evtx.EvtxPaths;
import io.carom.source.evtx.EvtxReader;
import io.carom.source.evtx.EvtxSink;
import io.carom.source.parse.Times;
import io.carom.source.windows.EventNames;
import io.carom.source.windows.EventTable;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// Windows event logs as the system keeps them (EVTX, Windows Vista to 11), whole or damaged.
///
/// The native record is the event as JSON in the shape of evtx_dump; {@link WindowsJson} reads
/// the same event from it.
@AutoService(Source.class)
public final class WindowsEvtx implements FileSource {
    private static final int SOURCE = SourceNames.of("windows-evtx");

    @Override
    public String name() {
        return "windows-evtx";
    }

    @Override
    public String product() {
        return "Windows Vista to 11 and Server 2008 to 2025, event logs (EVTX 3.1, 3.2)";
    }

    @Override
    public int recognise(Head head) {
        return EvtxReader.recognises(head.bytes(), 0, head.bytes().length) ? 100 : 0;
    }

    @Override
    public boolean isBinary() {
        return true;
    }

    @Override
    public RecordReader open(InputContext context) {
        return new RecordReader() {
            private @Nullable Records records;

            @Override
            public int read(Row row, int from, int to, boolean end) {
                if (records == null) {
                    records = Records.take();
                }
                int stop = records.read(row, from, to, end);
                if (end) {
                    records.giveBack();
                    records = null;
                }
                return stop;
            }
        };
    }

    /// The records of one input after another. What templates compile to is worth more than a small log
    /// takes to read, and logs come by the thousand, so it is kept from one input to the next.
    private static final class Records implements EvtxSink {
        /// Those that nobody uses. Each is some 100 kB with Windows' own templates, and may be tens of
        /// MiB, so memory takes them back when it is short.
        private static final ConcurrentLinkedDeque<SoftReference<Records>> IDLE = new ConcurrentLinkedDeque<>();

        /// With more names than this it is not kept: they are never taken back, and input must not be
        /// able to use them up for all that come after it.
        private static final int MOST_NAMES = EvtxPaths.MAX / 8;

        /// Milliseconds from 1601-01-01, where Windows counts from, to 1970-01-01.
        private static final long EPOCH = 11_644_473_600_000L;

        private final EvtxPaths paths = new EvtxPaths();
        private final EvtxReader evtx = new EvtxReader(this, paths);
        private final EventTable table = EventTable.get();
        private int[] fields = new int[256];
        private int known;

        private @Nullable Row row;
        // Where the block at hand lies in the arena and in the input.
        private int blockFrom;
        private int blockTo;
        private long blockOffset;
        private int firstSlot;

        /// For one input, up to {@link #giveBack}.
        static Records take() {
            SoftReference<Records> idle;
            while ((idle = IDLE.pollFirst()) != null) {
                Records records = idle.get();
                if (records != null) {
                    return records;
                }
            }
            return new Records();
        }

        void giveBack() {
            if (paths.count() <= MOST_NAMES) {
                evtx.start();
                blockOffset = 0;
                IDLE.offerFirst(new SoftReference<>(this));
            }
        }

        private Records() {
            evtx.start();
        }

        int read(Row into, int from, int to, boolean end) {
            row = into;
            blockFrom = from;
            blockTo = to;
            int stop = evtx.read(into.bytes(), from, to, end);
            blockOffset += stop - from;
            row = null;
            return stop;
        }

        private Row row() {
            return Objects.requireNonNull(row);
        }

        private void begin(long offset, int length) {
            long from = Math.clamp(blockFrom + offset - blockOffset, blockFrom, blockTo);
            row().begin(SOURCE, (int) from, (int) Math.min(from + length, blockTo));
        }

        @Override
        public void startRecord(long number, long offset, int length, long recordId, long written) {
            begin(offset, length);
            row().outerTime(written <= 0 ? Times.NONE : written / 10_000 - EPOCH);
            firstSlot = row().batch().slots();
        }

        @Override
        public void field(int path, byte[] bytes, int from, int to, byte kind) {
            EventBatch batch = row().batch();
            batch.slot(
                    name(path),
                    batch.append(bytes, from, to),
                    from == to && kind == EvtxSink.TEXT ? EventBatch.BLANK : kind);
        }

        private int name(int path) {
            if (path >= known) {
                int count = paths.count();
                fields = Arrays.copyOf(fields, Math.max(count, fields.length));
                for (int i = known; i < count; i++) {
                    fields[i] = i == EvtxPaths.OTHER ? FieldNames.OTHER : FieldNames.of(paths.name(i));
                }
                known = count;
            }
            return fields[path];
        }

        @Override
        public void endRecord(byte[] json, int from, int to) {
            Row at = row();
            at.nativeText(at.batch().append(json, from, to));
            EventNames.rename(at, EventNames.Form.NESTED, firstSlot);
            at.map(table.mapping(at));
            at.outerTime(Times.NONE);
        }

        @Override
        public void reject(long number, long offset, String reason, byte[] raw, int from, int to) {
            if (!row().isOpen()) {
                begin(offset, to - from);
            }
            row().reject(reason);
            row().outerTime(Times.NONE);
        }

        @Override
        public void damage(long offset, long length, String reason) {
            // Concerns no record: what could be read around it was read, and what could not came as a
            // reject.
        }
    }
}
