package io.carom.server.listen;

import io.carom.source.Head;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
/// old one's number is a new file. A file that is followed stays open, so that what is written before
/// it is deleted is read, and what is written within {@link #LINGER} after it was renamed or deleted:
/// who writes is often told later to begin a new one.
///
/// Whole lines are taken; what stands behind the last line feed waits for the rest, and is taken as a
/// line when the file was replaced. A file that cannot be read is told, and keeps no other from being.
final class Following implements Listener {
    static final Kind KIND = Kind.place("files", List.of("every", "from-start"), Following::new);

    private static final int FILES = 10_000;
    private static final int OPEN = 512;
    private static final int PIECE = 256 << 10;
    private static final int DEPTH = 16;
    /// A file is told from others by at most so many of its first bytes.
    private static final int BEGINNING = 512;

    private static final int HEAD = 64 << 10;

    /// How long a file that is not there any more is read after something was last written to it, in
    /// milliseconds.
    static final long LINGER = 60_000;

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
        /// When it was seen, or something was written to it, last.
        long alive;

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
    /// Files and folders that cannot be read, of which it was told.
    private final Set<Path> told = new HashSet<>();

    private int open;
    /// Whether there are more files than are followed.
    private boolean tooMany;

    private boolean toldTooMany;

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
        tooMany = false;
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
                    tooMany = all.size() == FILES;
                    if (!tooMany) {
                        all.put(file, attributes);
                    }
                }
                return tooMany ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                unreadable(file, e);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
                if (e != null) {
                    unreadable(folder, e);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        if (tooMany && !toldTooMany) {
            surrounding.notes().accept(settings.name() + ": more than " + FILES + " files; the others are not read");
        }
        toldTooMany = tooMany;
        return all;
    }

    /// Tells of a file or folder that cannot be read, once.
    private void unreadable(Path path, IOException e) {
        if (e instanceof NoSuchFileException || rounds.isClosing()) {
            // It went meanwhile.
            return;
        }
        if (told.size() < FILES && told.add(path)) {
            String why = e instanceof AccessDeniedException ? "no permission" : String.valueOf(e.getMessage());
            surrounding
                    .notes()
                    .accept(settings.name() + ": " + path + " cannot be read: " + why + "; it is tried again");
        }
    }

    private void look() throws IOException {
        Map<Path, BasicFileAttributes> files = files();
        followed.values().forEach(f -> f.seen = false);
        for (Map.Entry<Path, BasicFileAttributes> each : files.entrySet()) {
            if (rounds.isClosing()) {
                return;
            }
            follow(each.getKey(), each.getValue());
        }
        for (Followed file : List.copyOf(followed.values())) {
            if (!file.seen && tooMany) {
                again(file);
            }
            if (!file.seen) {
                passed(file);
            }
        }
        if (!rounds.isClosing()) {
            progress.begun("");
        }
        forgetOthers();
        for (Followed file : followed.values()) {
            if (open > OPEN && file.seen) {
                finish(file);
            }
        }
        for (Followed file : List.copyOf(followed.values())) {
            if (open > OPEN && !file.seen) {
                rest(file);
                letGo(file);
            }
        }
    }

    private static Object number(Path path, BasicFileAttributes attributes) {
        Object number = attributes.fileKey();
        return number == null ? path : number;
    }

    private void follow(Path path, BasicFileAttributes attributes) throws IOException {
        Object number = number(path, attributes);
        Followed file = followed.get(number);
        boolean isNew = false;
        try {
            if (file != null && !isSame(file, path, attributes.size())) {
                // Truncated, or another file under the same number: what was behind is gone.
                letGo(file);
                progress.forget(file.key);
                file = null;
            }
            if (file == null) {
                file = followed.size() < FILES ? begin(number, path, attributes.size()) : null;
                if (file == null) {
                    return;
                }
                isNew = true;
                followed.put(number, file);
            }
        } catch (IOException e) {
            if (file != null && !(e instanceof NoSuchFileException)) {
                file.seen = true;
            }
            unreadable(path, e);
            return;
        }
        file.seen = true;
        file.path = path;
        file.alive = surrounding.clock().millis();
        if (isNew && file.offset > 0 && progress.of(file.key) != file.offset) {
            // What was not read as it was there before this began is not read later either.
            progress.set(file.key, file.offset);
        }
        if (attributes.size() > file.offset) {
            read(file);
        }
        if (open > 2 * OPEN) {
            finish(file);
        }
    }

    /// Of more files than are looked for, one may be there still.
    private void again(Followed file) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file.path, BasicFileAttributes.class);
        } catch (IOException e) {
            return;
        }
        if (file.number.equals(number(file.path, attributes))) {
            follow(file.path, attributes);
        }
    }

    /// Renamed away, or deleted: what is written to it meanwhile is read.
    private void passed(Followed file) throws IOException {
        long now = surrounding.clock().millis();
        if (read(file)) {
            file.alive = now;
        }
        if (file.channel == null || now - file.alive >= LINGER) {
            rest(file);
            letGo(file);
        }
    }

    private void letGo(Followed file) {
        finish(file);
        followed.remove(file.number);
    }

    /// What is remembered of files that are not there any more.
    private void forgetOthers() {
        if (progress.isTooMany()) {
            Set<String> here = new HashSet<>();
            followed.values().forEach(f -> here.add(f.key));
            for (String key : List.copyOf(progress.all().keySet())) {
                if (!here.contains(key) && !Progress.isMark(key)) {
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
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        file.channel = channel;
        open++;
        try {
            file.beginning = (int) Math.min(size, BEGINNING);
            file.beginningSum = sum(channel, file.beginning);
            file.key = known(file, channel, size);
            long known = progress.of(file.key);
            boolean skip = known < 0 && !progress.hasBegun("") && !settings.flag("from-start", true);
            // It is shorter than it was: truncated while nobody looked.
            boolean isKnown = known >= 0 && known <= size;
            file.offset = isKnown ? known : skip ? lineStart(channel, size) : 0;
            file.head = head(channel, path);
            if (file.offset < file.head.length) {
                file.offset = file.head.length;
            }
        } catch (IOException e) {
            finish(file);
            throw e;
        }
        return file;
    }

    /// The key under which a file is remembered: its number, and the sum of as many first bytes as it
    /// had when it was first seen. A file that has grown since is found by the shorter beginning.
    private String known(Followed file, FileChannel channel, long size) throws IOException {
        String number = file.number.toString().replace(' ', '_');
        Map<Integer, Long> sums = new HashMap<>();
        for (String key : progress.keys(number + "|")) {
            String[] parts = key.split("\\|");
            if (parts.length == 3 && parts[1].matches("\\d{1,4}") && parts[2].matches("\\d{1,10}")) {
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

    /// Bytes of a file, of which so many are whole lines.
    private record Piece(byte[] bytes, int end) {}

    /// Takes what there is of it.
    ///
    /// @return whether there was something
    private boolean read(Followed file) throws IOException {
        boolean any = false;
        while (!rounds.isClosing()) {
            Piece piece;
            try {
                piece = next(file);
                told.remove(file.path);
            } catch (IOException e) {
                finish(file);
                unreadable(file.path, e);
                return any;
            }
            if (piece == null) {
                return any;
            }
            put(file, piece.bytes, piece.end);
            any = true;
        }
        return any;
    }

    /// The next whole lines; null if there are none yet.
    private @Nullable Piece next(Followed file) throws IOException {
        FileChannel channel = file.channel;
        if (channel == null) {
            channel = open(file);
        }
        long left = channel.size() - file.offset;
        if (left <= 0) {
            return null;
        }
        byte[] piece = piece(channel, file.offset, (int) Math.min(left, PIECE));
        int end = Lines.end(piece);
        if (end > 0) {
            return new Piece(piece, end);
        }
        if (piece.length < PIECE) {
            return null;
        }
        // A line longer than a piece: it is looked for where it ends, and cut like any giant.
        piece = piece(channel, file.offset, (int) Math.min(left, Records.LONGEST));
        end = Lines.end(piece);
        if (end == 0 && piece.length < Records.LONGEST) {
            return null;
        }
        if (end == 0) {
            counts.cut.incrementAndGet();
            end = piece.length;
        }
        return new Piece(piece, end);
    }

    /// Opens it again.
    ///
    /// @throws NoSuchFileException if its name is another's now
    private FileChannel open(Followed file) throws IOException {
        FileChannel channel = FileChannel.open(file.path, StandardOpenOption.READ);
        file.channel = channel;
        open++;
        BasicFileAttributes attributes = Files.readAttributes(file.path, BasicFileAttributes.class);
        if (!file.number.equals(number(file.path, attributes)) || sum(channel, file.beginning) != file.beginningSum) {
            throw new NoSuchFileException(file.path.toString());
        }
        return channel;
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
        byte[] piece = new byte[0];
        try {
            if (channel != null && channel.size() > file.offset) {
                long left = channel.size() - file.offset;
                piece = piece(channel, file.offset, (int) Math.min(left, Records.LONGEST));
            }
        } catch (IOException e) {
            unreadable(file.path, e);
        }
        if (piece.length > 0) {
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

    private void finish(Followed file) {
        FileChannel channel = file.channel;
        file.channel = null;
        if (channel != null) {
            open--;
            try {
                channel.close();
            } catch (IOException e) {
                // It was only read from.
            }
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
