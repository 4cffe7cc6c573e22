package io.carom.source.evtx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a reader gave for a file, and a check that it kept to the contract of {@link EvtxSink}.
final class Seen implements EvtxSink {
    /// A field as `path=value`, null as `path`, all but text with the kind in front.
    record Field(String path, byte kind, String value) {
        @Override
        public String toString() {
            return path
                    + switch (kind) {
                        case TEXT -> "=" + value;
                        case NULL -> "";
                        default -> ":" + value;
                    };
        }
    }

    record Found(long number, long offset, long id, List<Field> fields, String json) {
        @Nullable
        String value(String path) {
            return fields.stream()
                    .filter(f -> f.path.equals(path) && f.kind != NULL)
                    .map(Field::value)
                    .findFirst()
                    .orElse(null);
        }
    }

    record Rejected(long number, long offset, String reason, byte[] raw) {}

    record Damage(long offset, long length, String reason) {}

    final List<Found> records = new ArrayList<>();
    final List<Rejected> rejects = new ArrayList<>();
    final List<Damage> damages = new ArrayList<>();
    private final EvtxPaths paths;
    private List<Field> fields = new ArrayList<>();
    private boolean open;
    private long numbers;
    private long offset;
    private long id;

    Seen(EvtxPaths paths) {
        this.paths = paths;
    }

    static Seen in(byte[] file) {
        EvtxPaths paths = new EvtxPaths();
        Seen seen = new Seen(paths);
        try {
            new EvtxReader(seen, paths).read(new ByteArrayInputStream(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertFalse(seen.open, "a record was begun and not ended");
        return seen;
    }

    List<String> reasons() {
        return rejects.stream().map(Rejected::reason).toList();
    }

    List<String> faults() {
        return damages.stream().map(Damage::reason).toList();
    }

    List<Long> ids() {
        return records.stream().map(Found::id).toList();
    }

    @Override
    public void startRecord(long number, long offset, int length, long recordId, long written) {
        assertFalse(open, "a record begins in a record");
        assertEquals(numbers + 1, number);
        assertTrue(length > 0);
        open = true;
        numbers = number;
        this.offset = offset;
        id = recordId;
        fields = new ArrayList<>();
    }

    @Override
    public void field(int path, byte[] bytes, int from, int to, byte kind) {
        assertTrue(open, "a field outside a record");
        assertTrue(kind >= TEXT && kind <= NULL);
        fields.add(new Field(paths.name(path), kind, new String(bytes, from, to - from, StandardCharsets.UTF_8)));
    }

    @Override
    public void endRecord(byte[] json, int from, int to) {
        assertTrue(open, "a record ends that was not begun");
        open = false;
        records.add(new Found(numbers, offset, id, fields, new String(json, from, to - from, StandardCharsets.UTF_8)));
    }

    @Override
    public void reject(long number, long offset, String reason, byte[] raw, int from, int to) {
        assertEquals(open ? numbers : numbers + 1, number);
        assertTrue(to > from);
        open = false;
        numbers = number;
        rejects.add(new Rejected(number, offset, reason, Arrays.copyOfRange(raw, from, to)));
    }

    @Override
    public void damage(long offset, long length, String reason) {
        assertFalse(open, "damage is reported between records");
        damages.add(new Damage(offset, length, reason));
    }
}
