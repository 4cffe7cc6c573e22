package io.carom.server;

import io.carom.advise.AdviseSettings;
import io.carom.advise.AdviseStore;
import io.carom.advise.Sender;
import io.carom.cases.Cases;
import io.carom.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Sees to it that advice arrives: what could not be delivered is sent again, and whoever did not
/// acknowledge what he got is reminded. Nothing is sent that nobody sent before. What was sent is in
/// `advise.db`, so a restart neither forgets nor repeats.
final class StandingAdvice implements AutoCloseable {
    private static final Duration LOOKS = Duration.ofSeconds(30);

    private final Path home;
    private final InstantSource clock;
    private final StandingWork.MailNetwork network;
    private final Consumer<String> notes;
    private final Repeated looks;

    StandingAdvice(Path home, InstantSource clock, StandingWork.MailNetwork network, Consumer<String> notes) {
        this.home = home;
        this.clock = clock;
        this.network = network;
        this.notes = notes;
        this.looks = new Repeated("advice", LOOKS, this::look, notes);
    }

    void start() {
        looks.start();
    }

    void look() throws IOException, ConfigException {
        if (!Files.isRegularFile(home.resolve("advise.db"))) {
            return;
        }
        Instant now = clock.instant();
        try (AdviseStore store = AdviseStore.open(home);
                Cases cases = Cases.open(home)) {
            network.collect(store);
            Sender sender = new Sender(home, AdviseSettings.of(home), store, cases, network::to);
            tell("sent again", sender.retry(now, "carom"));
            tell("reminded", sender.remind(now));
        }
    }

    private void tell(String what, Map<AdviseStore.State, List<AdviseStore.Sent>> all) {
        for (Map.Entry<AdviseStore.State, List<AdviseStore.Sent>> one : all.entrySet()) {
            List<String> ways = new ArrayList<>();
            for (AdviseStore.Sent sent : one.getValue()) {
                ways.add(sent.channel() + (sent.ok() ? "" : " failed (" + sent.detail() + ")"));
            }
            notes.accept("advice for " + one.getKey().client() + " " + what + ": " + String.join(", ", ways));
        }
    }

    @Override
    public void close() {
        looks.close();
    }
}
