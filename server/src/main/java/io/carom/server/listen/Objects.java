package io.carom.server.listen;

import io.carom.run.LiveFormats;
import io.carom.source.Head;
import io.carom.source.input.Inputs;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Takes files that are put into a folder whole, as object stores are mirrored: each once, when it has
/// not changed for a while, compressed or an archive or not, in whatever format its content says. Files
/// whose names begin with a point, or end in `.tmp` or `.part`, are still being written.
///
/// What one file or member holds goes into the spool as one entry; of one beyond {@link #WHOLE} the
/// text is taken in pieces of whole lines. A file of another size or time under the same name is
/// another file. What cannot be read is told once, and keeps no other from being taken. Files that are
/// gone are forgotten once there are {@link #GONE} of them: whatever is not there for a moment is not
/// taken again.
final class Objects implements Listener {
    static final Kind KIND = Kind.place("objects", List.of("every", "quiet"), Objects::new);

    private static final int WHOLE = 32 << 20;
    private static final int PIECE = 4 << 20;
    private static final int HEAD = 64 << 10;
    /// Files that are ready at most in one round: the oldest.
    private static final int READY = 10_000;

    private static final int GONE = 10_000;
    private static final int FOLDERS = 32;
    private static final int TOLD = 10_000;

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Counts counts = new Counts();
    private final Progress progress;
    private final Path root;
    private final Rounds rounds;
    private final Set<Path> told = new HashSet<>();
    /// How many of the files that were there when it was looked last are remembered.
    private int remembered = Integer.MAX_VALUE;

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
        Walk walk = new Walk(root.toRealPath(), progress.size() - remembered > GONE);
        Files.walkFileTree(walk.from, Set.of(), FOLDERS, walk);
        Set<String> there = walk.there;
        if (there != null && !there.isEmpty()) {
            for (String key : List.copyOf(progress.all().keySet())) {
                if (!there.contains(key) && walk.closed.stream().noneMatch(key::startsWith)) {
                    progress.forget(key);
                }
            }
        }
        remembered = walk.remembered;
        for (var each : walk.ready.entrySet()) {
            if (rounds.isClosing()) {
                return;
            }
            take(each.getKey().substring(each.getKey().indexOf('|') + 1), each.getValue());
        }
    }

    /// Looks for files that are ready.
    private final class Walk extends SimpleFileVisitor<Path> {
        final Path from;
        final TreeMap<String, Path> ready = new TreeMap<>();
        /// Keys of all that are there; null if that is not asked.
        final @Nullable Set<String> there;

        /// How keys begin of what could not be looked at.
        final List<String> closed = new ArrayList<>();

        int remembered;
        private final long quiet =
                settings.duration("quiet", Duration.ofSeconds(2)).toMillis();
        private final long now = surrounding.clock().millis();

        Walk(Path from, boolean all) {
            this.from = from;
            there = all ? new HashSet<>() : null;
        }

        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes found) {
            String name = String.valueOf(path.getFileName());
            if (name.startsWith(".") || name.endsWith(".tmp") || name.endsWith(".part")) {
                return FileVisitResult.CONTINUE;
            }
            BasicFileAttributes attributes = found;
            if (found.isSymbolicLink()) {
                try {
                    attributes = Files.readAttributes(path, BasicFileAttributes.class);
                } catch (IOException e) {
                    return visitFileFailed(path, e);
                }
            }
            if (attributes.isRegularFile()) {
                file(path, attributes);
            }
            return FileVisitResult.CONTINUE;
        }

        private void file(Path path, BasicFileAttributes attributes) {
            long modified = attributes.lastModifiedTime().toMillis();
            String key = plain(from.relativize(path).toString()) + "|" + attributes.size() + "|" + modified;
            if (there != null) {
                there.add(key);
            }
            long reached = progress.of(key);
            remembered += reached >= 0 ? 1 : 0;
            if (reached != Long.MAX_VALUE && now - modified >= quiet) {
                ready.put(modified + "|" + key, root.resolve(from.relativize(path)));
                if (ready.size() > READY) {
                    ready.pollLastEntry();
                }
            }
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException e) {
            closed.add(plain(from.relativize(path).toString()));
            unreadable(path, e);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
            return e == null ? FileVisitResult.CONTINUE : visitFileFailed(folder, e);
        }
    }

    /// A blank would end the key in a `sender`, and a line feed in the file of keys.
    static String plain(String path) {
        StringBuilder plain = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c < ' ' || c == 0x7F) {
                plain.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
            } else {
                plain.append(c == ' ' ? '_' : c);
            }
        }
        return plain.toString();
    }

    private void unreadable(Path path, IOException e) {
        boolean went = e instanceof NoSuchFileException && !Files.isSymbolicLink(path);
        if (!went && told.size() < TOLD && told.add(path)) {
            String why = e instanceof AccessDeniedException
                    ? "no permission"
                    : e instanceof NoSuchFileException ? "a link to nothing" : String.valueOf(e.getMessage());
            surrounding.notes().accept(settings.name() + ": not read: " + path + ": " + why);
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
