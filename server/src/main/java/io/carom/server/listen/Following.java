package io.carom.server.listen;

import io.carom.source.Head;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Follows files as they grow: `address` is a file, a folder or a glob. A file is known by its number
/// on the disk and by how it begins, so that one that was renamed is read to its end under its new
/// name, one that was truncated or copied away is read from its beginning, and a new file that got an
/// old one's number is a new file. A file that is followed stays open, so that what was written before
/// it was deleted is read.
///
/// Whole lines are taken; what stands behind the last line feed waits for the rest, and is taken as a
/// line when the file was replaced.
final class Following implements Listener {
    static final Kind KIND = Kind.place("files", List.of("every", "from-start"), Following::new);

    private static final int FILES = 10_000;
    private static final int OPEN = 512;
    private static final int PIECE = 256 << 10;
    private static final int DEPTH = 16;
    /// A file is told from others by at most so many of its first bytes.
    private static final int BEGINNING = 512;

    private static final int HEAD = 64 << 10;
    private static final Set<String> PACKED = Set.of("gz", "zst", "bz2", "xz", "zip", "7z", "lz4");

    private static final class Followed {
        final Object number;
        Path path;

        @Nullable
        FileChannel channel;

        long offset;
        int beginning;
        long beginningSum;
        byte[] head = new byte[0];
        boolean seen;
        String key = "";

        Followed(Object number, Path path) {
            this.number = number;
            this.path = path;
        }
    }

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Counts counts = new Counts();
    private final Progress progress;
    private final Map<Object, Followed> followed = new LinkedHashMap<>();
    private final Path root;
    private final @Nullable PathMatcher glob;
    private final Rounds rounds;
    private boolean first = true;

    private Following(ListenerSettings settings, Surrounding surrounding) throws IOException {
        this.settings = settings;
        this.surrounding = surrounding;
        Path path = Path.of(settings.address()).toAbsolutePath().normalize();
        String text = path.toString();
        int star = text.replaceAll("[*?\\[{].*", "").length();
        if (star < text.length()) {
            root = Path.of(text.substring(0, text.lastIndexOf('/', star) + 1));
            glob = FileSystems.getDefault().getPathMatcher("glob:" + text);
        } else {
            root = path;
            glob = null;
        }
        progress = new Progress(surrounding.home(), settings.name(), surrounding.recall());
        rounds = new Rounds(settings, surrounding, progress, Duration.ofMillis(250), Duration.ofSeconds(3), this::look);
        rounds.start();
    }

    private Map<Path, BasicFileAttributes> files() throws IOException {
        Map<Path, BasicFileAttributes> all = new TreeMap<>();
        if (!Files.exists(root)) {
            return all;
        }
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = String.valueOf(file.getFileName());
                String ending = name.substring(name.lastIndexOf('.') + 1);
                boolean wanted = glob == null || glob.matches(file);
                if (attributes.isRegularFile() && wanted && !PACKED.contains(ending)) {
                    all.put(file, attributes);
                }
                return all.size() >= FILES ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return all;
    }

    private void look() throws IOException {
        Map<Path, BasicFileAttributes> files = files();
        followed.values().forEach(f -> f.seen = false);
        for (Map.Entry<Path, BasicFileAttributes> each : files.entrySet()) {
            Object number = each.getValue().fileKey();
            if (number == null) {
                number = each.getKey();
            }
            Followed file = followed.get(number);
            if (file != null && !isSame(file, each.getKey(), each.getValue().size())) {
                // Truncated, or another file under the same number: what was behind is gone.
                finish(file);
                followed.remove(number);
                file = null;
            }
            if (file == null) {
                file = begin(number, each.getKey(), each.getValue().size());
                if (file == null) {
                    continue;
                }
                followed.put(number, file);
            }
            file.seen = true;
            file.path = each.getKey();
            read(file);
        }
        for (Followed file : List.copyOf(followed.values())) {
            if (!file.seen) {
                // Renamed away, or deleted: what was written to it until then is read.
                read(file);
                rest(file);
                finish(file);
                followed.remove(file.number);
            }
        }
        if (first) {
            first = false;
            forgetOthers();
        }
        int open = followed.size();
        for (Followed file : followed.values()) {
            if (open-- <= OPEN) {
                break;
            }
            finish(file);
        }
    }

    /// What is remembered of files that are not there any more.
    private void forgetOthers() {
        if (progress.isTooMany()) {
            Set<String> here = new HashSet<>();
            followed.values().forEach(f -> here.add(f.key));
            for (String key : List.copyOf(progress.all().keySet())) {
                if (!here.contains(key)) {
                    progress.forget(key);
                }
            }
        }
    }

    private boolean isSame(Followed file, Path path, long size) throws IOException {
        if (size < file.offset || size < file.beginning) {
            return false;
        }
        if (file.beginning >= BEGINNING && path.equals(file.path) && size == file.offset) {
            return true;
        }
        return sum(path, file.beginning) == file.beginningSum;
    }

    private static long sum(Path path, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return sum(channel, length);
        }
    }

    private static long sum(FileChannel channel, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        long at = 0;
        while (bytes.hasRemaining()) {
            int got = channel.read(bytes, at);
            if (got < 0) {
                return -1;
            }
            at += got;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.array());
        return crc.getValue();
    }

    private @Nullable Followed begin(Object number, Path path, long size) throws IOException {
        if (size == 0) {
            return null;
        }
        Followed file = new Followed(number, path);
        file.channel = FileChannel.open(path, StandardOpenOption.READ);
        file.beginning = (int) Math.min(size, BEGINNING);
        file.beginningSum = sum(file.channel, file.beginning);
        file.key = known(file, size);
        long known = progress.of(file.key);
        boolean skip = first && known < 0 && !settings.flag("from-start", true);
        file.offset = known >= 0 ? Math.min(known, size) : skip ? lineStart(file.channel, size) : 0;
        file.head = head(file.channel, path);
        if (file.offset < file.head.length) {
            file.offset = file.head.length;
        }
        return file;
    }

    /// The key under which a file is remembered: its number, and the sum of as many first bytes as it
    /// had when it was first seen. A file that has grown since is found by the shorter beginning.
    private String known(Followed file, long size) throws IOException {
        String number = file.number.toString().replace(' ', '_');
        Map<Integer, Long> sums = new HashMap<>();
        FileChannel channel = java.util.Objects.requireNonNull(file.channel);
        for (String key : progress.all().keySet()) {
            String[] parts = key.split("\\|");
            if (parts.length == 3 && parts[0].equals(number)) {
                int length = Integer.parseInt(parts[1]);
                if (length <= size) {
                    Long sum = sums.get(length);
                    if (sum == null) {
                        sum = sum(channel, length);
                        sums.put(length, sum);
                    }
                    if (sum == Long.parseLong(parts[2])) {
                        file.beginning = length;
                        file.beginningSum = sum;
                        return key;
                    }
                }
            }
        }
        return number + "|" + file.beginning + "|" + file.beginningSum;
    }

    private static long lineStart(FileChannel channel, long size) throws IOException {
        ByteBuffer last = ByteBuffer.allocate((int) Math.min(size, PIECE));
        channel.read(last, size - last.capacity());
        for (int i = last.position() - 1; i >= 0; i--) {
            if (last.get(i) == '\n') {
                return size - last.capacity() + i + 1;
            }
        }
        return size;
    }

    /// The lines by which a format with a header reads all others.
    private byte[] head(FileChannel channel, Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HEAD);
        channel.read(bytes, 0);
        byte[] b = Arrays.copyOf(bytes.array(), bytes.position());
        if (!settings.format().isEmpty() || !surrounding.sources().needsHead(new Head(path.toString(), b, false))) {
            return new byte[0];
        }
        return Lines.head(b, false);
    }

    private void read(Followed file) throws IOException {
        FileChannel channel = file.channel;
        if (channel == null) {
            channel = FileChannel.open(file.path, StandardOpenOption.READ);
            file.channel = channel;
        }
        while (channel.size() > file.offset && !rounds.isClosing()) {
            int length = (int) Math.min(channel.size() - file.offset, PIECE);
            byte[] piece = piece(channel, file.offset, length);
            int end = Lines.end(piece);
            if (end == 0) {
                if (piece.length < PIECE) {
                    return;
                }
                // A line longer than a piece: it is looked for where it ends, and cut like any giant.
                piece = piece(channel, file.offset, (int) Math.min(channel.size() - file.offset, Records.LONGEST));
                end = Lines.end(piece);
                if (end == 0 && piece.length < Records.LONGEST) {
                    return;
                }
                if (end == 0) {
                    counts.cut.incrementAndGet();
                    end = piece.length;
                }
            }
            put(file, piece, end);
        }
    }

    private static byte[] piece(FileChannel channel, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            int got = channel.read(bytes, from + bytes.position());
            if (got < 0) {
                break;
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /// What stands behind the last line feed of a file to which nothing more is written.
    private void rest(Followed file) throws IOException {
        FileChannel channel = file.channel;
        if (channel != null && channel.size() > file.offset) {
            byte[] piece = piece(channel, file.offset, (int) Math.min(channel.size() - file.offset, Records.LONGEST));
            put(file, piece, piece.length);
        }
    }

    private void put(Followed file, byte[] piece, int end) throws IOException {
        long to = file.offset + end;
        Records records = new Records(counts);
        if (end > 0 && piece[end - 1] == '\n' && file.head.length > 0) {
            // A reader with a header counts every line, the empty ones too.
            records.whole(piece, end);
        } else {
            NdjsonForm.lines(Arrays.copyOf(piece, end), 0, records);
        }
        if (records.size() > 0) {
            surrounding.putPatiently(
                    new SpoolEntry(
                            settings.client(),
                            file.path.toString(),
                            settings.format(),
                            progress.sender(file.key, to),
                            surrounding.clock().millis(),
                            file.head,
                            records.take()),
                    counts);
        }
        file.offset = to;
        progress.set(file.key, to);
    }

    private static void finish(Followed file) throws IOException {
        FileChannel channel = file.channel;
        file.channel = null;
        if (channel != null) {
            channel.close();
        }
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
        for (Followed file : followed.values()) {
            finish(file);
        }
    }
}
