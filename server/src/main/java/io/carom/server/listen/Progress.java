package io.carom.server.listen;

import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/// How far a listener that fetches has come, by what it fetches from: offsets in files, numbers of
/// mails, offsets of partitions. Every entry that it puts into the spool says in its `sender` how far
/// it reaches, and a file beside says how far that was when it was written last, and where the spool
/// was. After a crash the entries behind that place are looked at once more: nothing is fetched twice
/// and nothing is left out. What of that file cannot be read is passed over.
///
/// A key has no line feed in it.
///
/// Not safe for use by many threads.
final class Progress {
    private static final String SIGN = "at ";
    private static final String BEGUN = "begun";
    /// It is written each second at most, and more seldom where it is large, by so much for each key.
    private static final long EVERY = 1_000_000_000L;

    private static final long EACH = 100_000;
    /// But no more than so many bytes of the spool are to be looked at again.
    private static final long BEHIND = 64L << 20;

    private static final int MOST = 50_000;

    private final Path file;
    private final String name;
    private final Surrounding.Recall recall;
    private final NavigableMap<String, Long> reached = new TreeMap<>();
    private long saved = System.nanoTime();
    private long savedAt;
    private boolean changed;

    /// @param name the listener's
    Progress(Path home, String name, Surrounding.Recall recall) throws IOException {
        this.file = home.resolve("live").resolve("fetched-" + name + ".txt");
        this.name = name;
        this.recall = recall;
        if (Files.exists(file)) {
            for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n")) {
                read(line);
            }
        }
        recall.since(savedAt, this::take);
        savedAt = recall.end();
    }

    private void read(String line) {
        int tab = line.indexOf('\t');
        long number;
        try {
            number = Long.parseLong(line.substring(0, Math.max(0, tab)));
        } catch (NumberFormatException e) {
            return;
        }
        String key = line.substring(tab + 1);
        if (key.isEmpty()) {
            savedAt = number;
        } else {
            reached.put(key, number);
        }
    }

    private void take(SpoolEntry entry) {
        String sender = entry.sender();
        String mine = SIGN + name + " ";
        if (sender.startsWith(mine)) {
            int last = sender.lastIndexOf(' ');
            try {
                String key = sender.substring(mine.length(), last);
                // The latest, which need not be the largest: a file that was truncated is read anew.
                reached.put(key, Long.parseLong(sender.substring(last + 1)));
                changed = true;
            } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
                // It is of another listener that was named so before.
            }
        }
    }

    /// What the `sender` of an entry is that reaches so far.
    String sender(String key, long to) {
        return SIGN + name + " " + key + " " + to;
    }

    /// How far it has come; -1 if it never began.
    long of(String key) {
        return reached.getOrDefault(key, -1L);
    }

    Map<String, Long> all() {
        return Collections.unmodifiableMap(reached);
    }

    /// The keys that begin so.
    Set<String> keys(String beginning) {
        return Collections.unmodifiableSet(
                reached.subMap(beginning, beginning + Character.MAX_VALUE).keySet());
    }

    /// How many keys there are.
    int size() {
        return reached.size();
    }

    /// Whether something was begun once, in this run or an earlier one.
    boolean hasBegun(String what) {
        return reached.containsKey(BEGUN + what);
    }

    void begun(String what) throws IOException {
        if (!hasBegun(what)) {
            reached.put(BEGUN + what, 1L);
            changed = true;
            save();
        }
    }

    static boolean isMark(String key) {
        return key.startsWith(BEGUN);
    }

    /// An entry that reaches so far is in the spool.
    void set(String key, long to) throws IOException {
        reached.put(key, to);
        changed = true;
        settle();
    }

    void forget(String key) {
        changed |= reached.remove(key) != null;
    }

    boolean isTooMany() {
        return reached.size() > MOST;
    }

    /// Writes it down, if anything changed and it was not written just now.
    void settle() throws IOException {
        long every = Math.max(EVERY, reached.size() * EACH);
        if (System.nanoTime() - saved > every || recall.end() - savedAt > BEHIND) {
            save();
        }
    }

    /// Writes it down, if anything changed.
    void save() throws IOException {
        saved = System.nanoTime();
        if (!changed) {
            return;
        }
        long position = recall.end();
        StringBuilder text = new StringBuilder();
        text.append(position).append('\t').append('\n');
        reached.forEach((key, to) -> text.append(to).append('\t').append(key).append('\n'));
        Path folder = java.util.Objects.requireNonNull(file.getParent());
        Files.createDirectories(folder);
        Path made = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                made, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            // Before it gets its name: a machine that loses its power then must not have an empty one.
            out.force(true);
        }
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
        changed = false;
        savedAt = position;
    }
}
