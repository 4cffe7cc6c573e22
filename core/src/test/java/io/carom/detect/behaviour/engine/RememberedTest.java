package io.carom.detect.behaviour.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.behaviour.Behaviour;
import io.carom.detect.behaviour.Draft;
import io.carom.detect.behaviour.Thresholds;
import io.carom.observe.Conversations;
import io.carom.observe.Observation;
import io.carom.party.Parties;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What analytics remember of one moment, written while they go on.
class RememberedTest {
    private static List<Observation> real() {
        Path file = Path.of(System.getProperty("carom.data", "../shared/data"), "zeek/zed-sample-data.tar");
        if (!Files.isRegularFile(file)) {
            assertFalse(Boolean.getBoolean("carom.strict"), file + " is not there (system property carom.data)");
            Assumptions.abort(file + " is not there");
        }
        Conversations conversations = new Conversations();
        return Behaviour.read(file, path -> path.contains("zeek-default/")).stream()
                .sorted(Comparator.comparingLong(Observation::time))
                .map(conversations::told)
                .toList();
    }

    private static Runner runner(List<String> found) {
        return new Runner(Runner.installed(), Thresholds.own(), Parties.NONE, Surroundings.NONE, d -> {
            found.add(words(d));
        });
    }

    private static String words(Draft d) {
        return d.analytic().id() + " " + d.time() + " " + d.title() + " " + d.message() + " " + d.confidence() + " "
                + d.evidence();
    }

    @Test
    void whoGoesOnFromAMomentThatWasWrittenMeanwhileFindsWhatIsFoundWithoutStopping() throws Exception {
        List<Observation> all = real();
        List<String> whole = new ArrayList<>();
        Runner plain = runner(whole);
        all.forEach(plain::take);
        plain.finish();
        assertTrue(whole.size() > 1, "there is something to find");
        for (int part = 1; part < 4; part++) {
            int at = all.size() * part / 4;
            List<String> before = new ArrayList<>();
            Runner first = runner(before);
            all.subList(0, at).forEach(first::take);
            List<String> until = List.copyOf(before);
            Runner.Remembered moment = first.remembered();
            CompletableFuture<byte[]> written = CompletableFuture.supplyAsync(() -> {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                    moment.save(out);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
                return bytes.toByteArray();
            });
            all.subList(at, all.size()).forEach(first::take);
            List<String> after = new ArrayList<>(until);
            Runner second = runner(after);
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(written.get()))) {
                second.load(in);
            }
            all.subList(at, all.size()).forEach(second::take);
            second.finish();
            assertEquals(whole, after, "from " + at + " of " + all.size());
        }
    }
}
