package io.carom.server.listen;

import io.carom.run.LiveFormats;
import io.carom.source.Head;
import io.carom.source.input.Inputs;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Takes files that are put into a folder whole, as object stores are mirrored: each once, when it has
/// not changed for a while, compressed or an archive or not, in whatever format its content says. Files
/// whose names begin with a point, or end in `.tmp` or `.part`, are still being written.
///
/// What one file or member holds goes into the spool as one entry; of one beyond {@link #WHOLE} the
/// text is taken in pieces of whole lines. A file of another size or time under the same name is
/// another file.
final class Objects implements Listener {
    static final Kind KIND = Kind.place("objects", List.of("every", "quiet"), Objects::new);

    private static final int WHOLE = 32 << 20;
    private static final int PIECE = 4 << 20;
    private static final int HEAD = 64 << 10;
    private static final int FILES = 100_000;

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Counts counts = new Counts();
    private final Progress progress;
    private final Path root;
    private final Rounds rounds;

    private Objects(ListenerSettings settings, Surrounding surrounding) throws IOException {
        this.settings = settings;
        this.surrounding = surrounding;
        root = Path.of(settings.address()).toAbsolutePath().normalize();
        progress = new Progress(surrounding.home(), settings.name(), surrounding.recall());
        rounds = new Rounds(settings, surrounding, progress, Duration.ofSeconds(1), Duration.ofSeconds(5), this::look);
        rounds.start();
    }

    private void look() throws IOException {
        if (!Files.isDirectory(root)) {
            return;
        }
        TreeMap<String, Path> ready = new TreeMap<>();
        long quiet = settings.duration("quiet", Duration.ofSeconds(2)).toMillis();
        try (Stream<Path> walk = Files.walk(root, 32)) {
            for (Path path : (Iterable<Path>) walk.limit(FILES)::iterator) {
                String name = String.valueOf(path.getFileName());
                if (name.startsWith(".") || name.endsWith(".tmp") || name.endsWith(".part")) {
                    continue;
                }
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                long modified = attributes.lastModifiedTime().toMillis();
                if (!attributes.isRegularFile() || surrounding.clock().millis() - modified < quiet) {
                    continue;
                }
                String key =
                        root.relativize(path).toString().replace(' ', '_') + "|" + attributes.size() + "|" + modified;
                if (progress.of(key) != Long.MAX_VALUE) {
                    ready.put(modified + "|" + key, path);
                }
            }
        }
        for (var each : ready.entrySet()) {
            if (rounds.isClosing()) {
                return;
            }
            take(each.getKey().substring(each.getKey().indexOf('|') + 1), each.getValue());
        }
    }

    /// Takes a file from behind what was taken of it, and notes that it is taken whole.
    private void take(String key, Path file) throws IOException {
        long[] number = {0};
        long done = progress.of(key);
        Inputs.readOne(file.toString(), new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream bytes) throws IOException {
                byte[] first = bytes.readNBytes(WHOLE);
                if (first.length < WHOLE) {
                    put(path, number, done, key, new byte[0], first);
                    return;
                }
                byte[] start = Arrays.copyOf(first, HEAD);
                boolean needsHead = surrounding.sources().needsHead(new Head(path, start, false));
                byte[] head = needsHead ? Lines.head(start, true) : new byte[0];
                if (needsHead && head.length == 0) {
                    refused(path, "it is not text and larger than " + (WHOLE >> 20) + " MiB: use carom ingest");
                    return;
                }
                byte[] rest = Arrays.copyOfRange(first, head.length, first.length);
                while (rest.length > 0) {
                    int end = Lines.end(rest);
                    end = end == 0 ? rest.length : end;
                    put(path, number, done, key, head, Arrays.copyOf(rest, end));
                    byte[] more = bytes.readNBytes(PIECE);
                    byte[] left = Arrays.copyOfRange(rest, end, rest.length);
                    rest = Arrays.copyOf(left, left.length + more.length);
                    System.arraycopy(more, 0, rest, left.length, more.length);
                    if (more.length == 0 && rest.length > 0) {
                        put(path, number, done, key, head, rest);
                        return;
                    }
                }
            }

            @Override
            public void refused(String path, String reason) {
                counts.refused.incrementAndGet();
                surrounding.notes().accept(settings.name() + ": not read: " + path + ": " + reason);
            }
        });
        progress.set(key, Long.MAX_VALUE);
    }

    private void put(String path, long[] number, long done, String key, byte[] head, byte[] body) throws IOException {
        long mine = ++number[0];
        if (mine <= done || body.length == 0) {
            return;
        }
        counts.records.incrementAndGet();
        counts.bytes.addAndGet(body.length);
        surrounding.putPatiently(
                new SpoolEntry(
                        settings.client(),
                        path,
                        settings.format().isEmpty() ? LiveFormats.BY_CONTENT : settings.format(),
                        progress.sender(key, mine),
                        surrounding.clock().millis(),
                        head,
                        body),
                counts);
        progress.set(key, mine);
    }

    @Override
    public String place() {
        return settings.address();
    }

    @Override
    public Counts counts() {
        return counts;
    }

    @Override
    public void close() throws IOException {
        rounds.close();
    }
}
