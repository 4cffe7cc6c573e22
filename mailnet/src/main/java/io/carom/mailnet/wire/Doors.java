package io.carom.mailnet.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// All connections of a network: how many there are, who has too many, and the watch that ends those that are too
/// slow or whose member is none any more.
public final class Doors implements AutoCloseable {
    private static final int LOOKS_MILLIS = 250;

    private final int most;
    private final int fromOne;
    private final Set<Wire> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> strangers = new HashMap<>();
    private int taken;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("mail network watch").daemon().factory());

    /// @param most connections at once
    /// @param fromOne of one address that are not signed in
    public Doors(int most, int fromOne) {
        this.most = most;
        this.fromOne = fromOne;
        watch.scheduleWithFixedDelay(this::look, LOOKS_MILLIS, LOOKS_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Something to be done as often as the watch looks.
    public void also(Runnable task) {
        watch.scheduleWithFixedDelay(task, LOOKS_MILLIS, LOOKS_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Takes a place for a connection before anything is read from it.
    ///
    /// @return empty, or why there is none
    synchronized String enter(String from) {
        if (taken >= most) {
            return "all " + most + " connections are taken";
        }
        int had = strangers.getOrDefault(from, 0);
        if (had >= fromOne) {
            return from + " has " + fromOne + " connections that are not signed in";
        }
        taken++;
        strangers.merge(from, 1, Integer::sum);
        return "";
    }

    /// A stranger's place becomes a member's, or is left.
    synchronized void known(String from) {
        strangers.computeIfPresent(from, (f, n) -> n > 1 ? n - 1 : null);
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
            if (wire.isSlow()) {
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
