package io.carom.trace;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Findings and sessions by which an intruder gets a first machine or account (ATT&CK's tactic Initial
/// Access, TA0001, and what leads to it).
final class Arrivals {
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    private Arrivals() {}

    /// Whether the finding tells of initial access, not only of something that happens in it too.
    static boolean initial(Suspicion s) {
        return way(s) != Trace.Way.UNKNOWN;
    }

    static Trace.Way way(Suspicion s) {
        for (String attack : s.attacks()) {
            if (attack.startsWith("T1566") || attack.startsWith("T1598") || attack.startsWith("T1534")) {
                return Trace.Way.PHISHING;
            }
        }
        for (String attack : s.attacks()) {
            switch (attack.substring(0, Math.min(5, attack.length()))) {
                case "T1190", "T1133" -> {
                    return Trace.Way.EXPOSED_SERVICE;
                }
                case "T1189" -> {
                    return Trace.Way.DRIVE_BY;
                }
                default -> {}
            }
        }
        return Trace.Way.UNKNOWN;
    }

    /// How a session from outside comes in.
    static Trace.Way way(Session s) {
        return switch (s.via()) {
            case "VPN", "cloud sign-in", SessionBook.WEB -> Trace.Way.VALID_ACCOUNT;
            case "remote support", "TeamViewer", "AnyDesk", "ScreenConnect" -> Trace.Way.REMOTE_TOOL;
            default -> Trace.Way.EXPOSED_SERVICE;
        };
    }

    /// What came before a session from outside with somebody's account: how that account may have been got.
    static Trace.@Nullable Origin before(History history, Suspects suspects, Session s) {
        if (s.account().isEmpty()) {
            return null;
        }
        Trace.Origin best = null;
        Set<String> desks = new TreeSet<>(history.desksOf(s.client(), s.account()));
        for (Suspicion of : suspects.ofAccount(s.client(), s.account())) {
            best = better(best, of, s, 0.8);
        }
        for (String desk : desks) {
            if (desks.size() > 5) {
                break;
            }
            for (Suspicion of : suspects.of(s.client(), desk)) {
                best = better(best, of, s, 0.7);
            }
        }
        return best;
    }

    private static Trace.@Nullable Origin better(Trace.@Nullable Origin best, Suspicion of, Session s, double most) {
        if (!initial(of) || of.time() > s.time() || of.time() < s.time() - 14 * DAY) {
            return best;
        }
        double p = most * Math.exp(-(s.time() - of.time()) / (double) (7 * DAY));
        if (best != null && best.confidence() >= p) {
            return best;
        }
        return new Trace.Origin(
                way(of),
                s.client(),
                s.from(),
                of.machine(),
                s.account(),
                Instant.ofEpochMilli(of.time()),
                p,
                s.account() + " was used from " + s.from() + " after this: " + of.title() + ".");
    }
}
