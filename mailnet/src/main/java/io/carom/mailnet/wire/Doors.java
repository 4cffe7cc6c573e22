package io.carom.mailnet.wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All connections of a network: how many there are, who has too many, and the watch that ends those that are
/// too slow or whose member is none any more.
public final class Doors implements AutoCloseable {
    private static final int LOOKS_MILLIS = 250;
    /// What one mail program opens.
    private static final int LEAST = 8;

    private final int most;
    private final int fromOne;
    private final Patience patience;
    private final Set<Wire> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> strangers = new HashMap<>();
    private final AtomicLong failures = new AtomicLong();
    private int taken;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("mail network watch").daemon().factory());

    /// @param most connections at once
    /// @param fromOne of one address, or of one network of IPv6 (/64), that are not signed in
    public Doors(int most, int fromOne, Patience patience) {
        this.patience = patience;
        this.most = most;
        this.fromOne = fromOne;
        also(this::look);
    }

    /// Something to be done as often as the watch looks.
    public void also(Runnable task) {
        watch.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        // What fails is never run again by an executor: the slow and the revoked would stay.
                        failures.incrementAndGet();
                    }
                },
                LOOKS_MILLIS,
                LOOKS_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /// How often a look failed.
    long failures() {
        return failures.get();
    }

    /// Takes a place for a connection before anything is read from it. When all are taken, the stranger that
    /// has been there longest has to go: a member needs a moment to sign in, whoever only fills places stays.
    ///
    /// @return empty, or why there is none
    String enter(String from) {
        Wire oldest = null;
        String source = source(from);
        synchronized (this) {
            int had = strangers.getOrDefault(source, 0);
            if (had >= fromOne) {
                return source + " has " + fromOne + " connections that are not signed in";
            }
            if (taken >= most) {
                oldest = oldestStranger();
                if (oldest == null) {
                    return "all " + most + " connections are taken";
                }
            }
            taken++;
            strangers.merge(source, 1, Integer::sum);
        }
        if (oldest != null) {
            oldest.cut("made room for another");
        }
        return "";
    }

    /// Whose an address is: of IPv6 one customer has all that begin with the same 64 bits.
    private static String source(String address) {
        String[] groups = address.split(":", -1);
        return groups.length == 8 ? String.join(":", List.of(groups).subList(0, 4)) + "::/64" : address;
    }

    private @Nullable Wire oldestStranger() {
        Wire oldest = null;
        for (Wire wire : open) {
            boolean older = oldest == null || wire.opened() - oldest.opened() < 0;
            if (!wire.isKnown() && wire.ended().isEmpty() && older) {
                oldest = wire;
            }
        }
        return oldest;
    }

    /// A stranger's place becomes a member's, or is left.
    synchronized void known(String from) {
        strangers.computeIfPresent(source(from), (f, n) -> n > 1 ? n - 1 : null);
    }

    /// Of one member, or of one other network, a quarter of all places at most: who has all of them keeps
    /// others out. What was opened longest ago goes, which may be what a program forgot.
    void bound(Wire newest) {
        Wire oldest = null;
        int had = 0;
        for (Wire wire : open) {
            if (wire.ended().isEmpty() && wire.isOfTheSame(newest)) {
                had++;
                boolean older = oldest == null || wire.opened() - oldest.opened() < 0;
                oldest = wire != newest && older ? wire : oldest;
            }
        }
        if (oldest != null && had > Math.max(LEAST, most / 4)) {
            oldest.cut("made room for others of the same");
        }
    }

    synchronized void leave() {
        taken--;
    }

    public synchronized int taken() {
        return taken;
    }

    void add(Wire wire) {
        open.add(wire);
    }

    void remove(Wire wire) {
        open.remove(wire);
    }

    private void look() {
        for (Wire wire : open) {
            if (wire.isSlow(patience)) {
                wire.cut("too slow");
            }
        }
    }

    /// Ends the connections for which this holds; gives how many.
    public int cut(Predicate<Wire> which, String why) {
        int cut = 0;
        for (Wire wire : open) {
            if (wire.ended().isEmpty() && which.test(wire)) {
                wire.cut(why);
                cut++;
            }
        }
        return cut;
    }

    @Override
    public void close() {
        watch.shutdownNow();
        cut(w -> true, "the network stops");
    }
}
