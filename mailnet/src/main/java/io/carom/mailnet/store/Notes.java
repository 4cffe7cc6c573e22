package io.carom.mailnet.store;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/// Refusals for the audit log. Whoever knocks a million times does not fill the disk: of one source the first in each
/// minute are written in full, and the rest as a number.
public final class Notes {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int EACH = 20;
    private static final int ALL = 600;

    private final NetworkDatabase database;
    private final InstantSource clock;
    private final Map<String, Integer> counts = new HashMap<>();
    private int written;
    private Instant since;

    public Notes(NetworkDatabase database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
        since = clock.instant();
    }

    /// @param source who is counted: an address or a member
    public void refused(String event, String source, Map<String, ?> detail) {
        synchronized (this) {
            roll();
            if (counts.merge(source, 1, Integer::sum) > EACH || written >= ALL) {
                return;
            }
            written++;
        }
        write(event, detail);
    }

    /// Writes how many were only counted, once a minute is over.
    public synchronized void roll() {
        Instant now = clock.instant();
        if (now.isBefore(since.plus(MINUTE))) {
            return;
        }
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        int silent = all - written;
        if (silent > 0) {
            String most = counts.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .orElse("");
            write("refused.more", Map.of("count", silent, "sources", counts.size(), "most", most));
        }
        counts.clear();
        written = 0;
        since = now;
    }

    private void write(String event, Map<String, ?> detail) {
        try {
            database.alter(c -> {
                AuditLog.add(c, clock.instant(), event, detail);
            });
        } catch (IOException e) {
            // The network is being closed; what was refused stays refused.
        }
    }
}
