package io.carom.server;

import io.carom.advise.AdviseStore;
import io.carom.advise.Delivery;
import io.carom.config.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What a server does by itself, beside its answers: it asks feeds, hunts for what is new, and sees to it that advice
/// arrives.
public final class StandingWork implements AutoCloseable {
    /// The private mail network, which the server does not know.
    public interface MailNetwork {
        /// Delivers to addresses of it.
        Delivery to(List<String> addresses);

        /// Notes who answered since.
        void collect(AdviseStore store) throws IOException, ConfigException;
    }

    private final StandingHunts hunts;
    private final StandingAdvice advice;

    private StandingWork(StandingHunts hunts, StandingAdvice advice) {
        this.hunts = hunts;
        this.advice = advice;
    }

    /// @param environment names the proxies
    /// @param notes told what came of it, a line each
    public static StandingWork start(
            Path home,
            InstantSource clock,
            Map<String, String> environment,
            MailNetwork network,
            Consumer<String> notes) {
        StandingHunts hunts = new StandingHunts(home, clock, environment, notes);
        StandingAdvice advice = new StandingAdvice(home, clock, network, notes);
        hunts.start();
        advice.start();
        return new StandingWork(hunts, advice);
    }

    @Override
    public void close() {
        hunts.close();
        advice.close();
    }
}
