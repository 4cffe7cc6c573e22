package io.carom.run;

import io.carom.trace.Carrier;
import io.carom.trace.History;
import io.carom.trace.Mention;
import io.carom.trace.Session;
import io.carom.trace.Tenure;
import io.carom.trace.Trace;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is still being collected, asked under a lock question by question, so that who collects waits for one answer
/// at most. Two answers may be of different moments.
///
/// @param lock of whoever collects
record LockedHistory(History of, Object lock) implements History {
    private <T extends @Nullable Object> T ask(Supplier<T> question) {
        synchronized (lock) {
            return question.get();
        }
    }

    @Override
    public Set<String> clients() {
        return ask(of::clients);
    }

    @Override
    public long @Nullable [] span(String client) {
        return this.<long @Nullable []>ask(() -> of.span(client));
    }

    @Override
    public String label(String client, String addressOrName) {
        return ask(() -> of.label(client, addressOrName));
    }

    @Override
    public @Nullable String address(String client, String label) {
        return this.<@Nullable String>ask(() -> of.address(client, label));
    }

    @Override
    public List<Session> into(String client, String label) {
        return ask(() -> of.into(client, label));
    }

    @Override
    public List<Session> outOf(String client, String label) {
        return ask(() -> of.outOf(client, label));
    }

    @Override
    public long[] times(String client, String from, String account) {
        return ask(() -> of.times(client, from, account));
    }

    @Override
    public Set<String> sources(String client) {
        return ask(() -> of.sources(client));
    }

    @Override
    public Set<String> targets(String client) {
        return ask(() -> of.targets(client));
    }

    @Override
    public Set<String> machinesOf(String client, String account) {
        return ask(() -> of.machinesOf(client, account));
    }

    @Override
    public Set<String> desksOf(String client, String account) {
        return ask(() -> of.desksOf(client, account));
    }

    @Override
    public List<Mention> mentions(String client, long from, long to) {
        return ask(() -> of.mentions(client, from, to));
    }

    @Override
    public List<Carrier> carriers(String client, long from, long to) {
        return ask(() -> of.carriers(client, from, to));
    }

    @Override
    public List<Trace.Channel> channels(String client, String label) {
        return ask(() -> of.channels(client, label));
    }

    @Override
    public @Nullable Tenure tenure(String client, String address, long time) {
        return this.<@Nullable Tenure>ask(() -> of.tenure(client, address, time));
    }
}
