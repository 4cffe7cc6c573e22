package io.carom.server.listen;

import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// How far a listener that fetches has come, by what it fetches from: offsets in files, numbers of
/// mails, offsets of partitions. Every entry that it puts into the spool says in its `sender` how far
/// it reaches, and a file beside says how far that was when it was written last, and where the spool
/// was. After a crash the entries behind that place are looked at once more: nothing is fetched twice
/// and nothing is left out.
///
/// Not safe for use by many threads.
final class Progress {
    private static final String SIGN = "at ";
    private static final long EVERY = 1_000_000_000L;
    private static final int MOST = 50_000;

    private final Path file;
    private final String name;
    private final Surrounding.Recall recall;
    private final Map<String, Long> reached = new TreeMap<>();
    private long saved = System.nanoTime();
    private boolean changed;

    /// @param name the listener's
    Progress(Path home, String name, Surrounding.Recall recall) throws IOException {
        this.file = home.resolve("live").resolve("fetched-" + name + ".txt");
        this.name = name;
        this.recall = recall;
        long position = 0;
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                int tab = line.indexOf('\t');
                long number = Long.parseLong(line.substring(0, tab));
                String key = line.substring(tab + 1);
                if (key.isEmpty()) {
                    position = number;
                } else {
                    reached.put(key, number);
                }
            }
        }
        recall.since(position, this::take);
    }

    private void take(SpoolEntry entry) {
        String sender = entry.sender();
        String mine = SIGN + name + " ";
        if (sender.startsWith(mine)) {
            int last = sender.lastIndexOf(' ');
            try {
                String key = sender.substring(mine.length(), last);
                reached.merge(key, Long.parseLong(sender.substring(last + 1)), Math::max);
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

    /// An entry that reaches so far is in the spool.
    void set(String key, long to) throws IOException {
        reached.put(key, to);
        changed = true;
        if (System.nanoTime() - saved > EVERY) {
            save();
        }
    }

    void forget(String key) {
        changed |= reached.remove(key) != null;
    }

    boolean isTooMany() {
        return reached.size() > MOST;
    }

    /// Writes it down, if anything changed.
    void save() throws IOException {
        saved = System.nanoTime();
        if (!changed) {
            return;
        }
        changed = false;
        StringBuilder text = new StringBuilder();
        text.append(recall.end()).append('\t').append('\n');
        reached.forEach((key, to) -> text.append(to).append('\t').append(key).append('\n'));
        Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
        Path made = file.resolveSibling(file.getFileName() + ".new");
        Files.write(made, text.toString().getBytes(StandardCharsets.UTF_8));
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
