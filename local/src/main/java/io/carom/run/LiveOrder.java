package io.carom.run;

import io.carom.observe.Observation;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Puts observations that come about as they happen into the order of their times: each is held for a
/// while after it came, and goes on with all that happened before it. What comes later than that goes
/// on at once, out of order, and is counted.
///
/// What claims to be of the future (beyond {@link #FUTURE}) is no measure of time and is left out: a
/// wrong clock would age everything. For one thread.
final class LiveOrder {
    static final long FUTURE = 10 * 60_000;

    /// Held at most; beyond, the oldest go on early.
    static final int MOST = 1 << 18;

    /// In the order of time, and of their coming where that is the same.
    ///
    /// @param time of the observation
    /// @param arrived when the record came
    record Held(long time, Observation observation, long arrived, long number) implements Comparable<Held> {
        @Override
        public int compareTo(Held other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(number, other.number);
        }
    }

    interface Taker {
        void take(Observation observation, long arrived);
    }

    private final long hold;
    /// Those that came in the order of their times, as most do: there is nothing to sort.
    private final ArrayDeque<Held> inOrder = new ArrayDeque<>();

    private final PriorityQueue<Held> others = new PriorityQueue<>();
    private final ArrayDeque<long[]> byArrival = new ArrayDeque<>();
    private long numbers;
    private long reached = Long.MIN_VALUE;
    private long late;
    private long future;

    /// @param hold how long each is held, milliseconds
    LiveOrder(long hold) {
        this.hold = hold;
    }

    /// @param now when it came to be looked at, milliseconds since 1970
    void add(Observation observation, long arrived, long now) {
        if (observation.time() > Math.max(arrived, now) + FUTURE) {
            future++;
            return;
        }
        late += observation.time() < reached ? 1 : 0;
        hold(observation, arrived, now);
    }

    private void hold(Observation observation, long arrived, long now) {
        Held held = new Held(observation.time(), observation, arrived, numbers++);
        // One that claims to be of later would put all after it out of order.
        if (held.time <= now && (inOrder.isEmpty() || held.time >= inOrder.getLast().time)) {
            inOrder.addLast(held);
        } else {
            others.add(held);
        }
        byArrival.add(new long[] {now, observation.time()});
    }

    /// The earliest of those that are held; null if none is.
    private @Nullable Held earliest() {
        Held a = inOrder.peekFirst();
        Held b = others.peek();
        return a == null || b != null && b.compareTo(a) < 0 ? b : a;
    }

    /// Hands over what was held long enough, and what happened before it.
    void pass(long now, Taker taker) {
        if (!byArrival.isEmpty() && byArrival.getFirst()[0] > now) {
            // The clock was put back: nobody is to wait until it is as late again.
            byArrival.forEach(a -> a[0] = Math.min(a[0], now));
        }
        while (!byArrival.isEmpty() && (byArrival.getFirst()[0] <= now - hold || byArrival.size() > MOST)) {
            reached = Math.max(reached, byArrival.removeFirst()[1]);
        }
        for (Held held = earliest(); held != null && held.time <= reached; held = earliest()) {
            Held first = inOrder.peekFirst();
            if (first != null && first.number == held.number) {
                inOrder.removeFirst();
            } else {
                others.remove();
            }
            taker.take(held.observation, held.arrived);
        }
    }

    /// When the next has been held long enough; `Long.MAX_VALUE` if none is held.
    long due() {
        return byArrival.isEmpty() ? Long.MAX_VALUE : byArrival.getFirst()[0] + hold;
    }

    int size() {
        return inOrder.size() + others.size();
    }

    /// Those that came after their time had passed.
    long late() {
        return late;
    }

    /// Those left out because they claim to be of the future.
    long future() {
        return future;
    }

    /// What is held now, to be written by another thread.
    Now now() {
        Held[] held = inOrder.toArray(new Held[size()]);
        int at = inOrder.size();
        for (Held other : others) {
            held[at++] = other;
        }
        return new Now(reached, held);
    }

    /// @param held in no order
    record Now(long reached, Held[] held) {
        void save(ObjectOutputStream out) throws IOException {
            out.writeLong(reached);
            out.writeInt(held.length);
            Arrays.sort(held, Comparator.comparingLong(Held::number));
            int written = 0;
            for (Held one : held) {
                out.writeObject(one.observation);
                out.writeLong(one.arrived);
                if (++written % 4096 == 0) {
                    out.reset();
                }
            }
            out.reset();
        }
    }

    void load(ObjectInputStream in, long now) throws IOException, ClassNotFoundException {
        reached = in.readLong();
        int many = in.readInt();
        for (int i = 0; i < many; i++) {
            Observation observation = (Observation) in.readObject();
            hold(observation, in.readLong(), now);
        }
    }
}
