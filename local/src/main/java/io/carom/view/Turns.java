package io.carom.view;

import java.util.HashSet;
import java.util.Set;

/// Who is being answered something that takes much: so many at a time, and each once. Nobody waits, for
/// whoever waits holds a thread. For any number of threads.
final class Turns {
    private final int most;
    private final Set<String> asking = new HashSet<>();

    Turns(int most) {
        this.most = most;
    }

    /// Takes a turn; whoever got one gives it back.
    ///
    /// @throws EventsView.BusyException if there is none now; it says why
    synchronized void take(String who) throws EventsView.BusyException {
        if (asking.contains(who)) {
            throw new EventsView.BusyException("Your question before this one is still being answered.");
        }
        if (asking.size() >= most) {
            throw new EventsView.BusyException(most + " questions of others are being answered.");
        }
        asking.add(who);
    }

    synchronized void give(String who) {
        asking.remove(who);
    }
}
