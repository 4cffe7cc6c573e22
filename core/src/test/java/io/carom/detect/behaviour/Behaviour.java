package io.carom.detect.behaviour;

import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.behaviour.engine.Surroundings;
import io.carom.event.EventBatch;
import io.carom.observe.Conversations;
import io.carom.observe.Observation;
import io.carom.observe.Observer;
import io.carom.party.Parties;
import io.carom.source.InputContext;
import io.carom.source.Sources;
import io.carom.source.input.InputReader;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/// Runs installed analytics over observations or over files as the product does: for tests.
public final class Behaviour {
    private Behaviour() {}

    /// What one analytic finds in these observations, whatever order they are given in.
    public static List<Draft> of(String analytic, List<? extends Observation> observations, Parties parties) {
        List<Analytic<?>> all = Runner.installed();
        Thresholds thresholds = Thresholds.own();
        List<Analytic<?>> asked =
                all.stream().filter(a -> a.id().equals(analytic)).toList();
        if (asked.size() != 1) {
            throw new IllegalArgumentException("no analytic " + analytic);
        }
        List<Draft> found = new ArrayList<>();
        Runner runner = new Runner(asked, thresholds, parties, Surroundings.NONE, found::add);
        Conversations conversations = new Conversations();
        observations.stream()
                .sorted(Comparator.comparingLong(Observation::time))
                .map(conversations::told)
                .forEach(runner::take);
        runner.finish();
        return found;
    }

    public static List<Draft> of(String analytic, List<? extends Observation> observations) {
        return of(analytic, observations, Parties.NONE);
    }

    /// All observations in a file, folder or archive; of an archive those members whose path is wanted.
    public static List<Observation> read(Path path, Predicate<String> wanted) {
        List<Observation> out = new ArrayList<>();
        Observer observer = new Observer();
        EventBatch[] batch = {new EventBatch(1 << 20)};
        int[] inputs = {0};
        try {
            for (String file : Inputs.list(List.of(path.toString())).files()) {
                Inputs.readOne(file, new Inputs.Visitor() {
                    @Override
                    public void refused(String member, String reason) {}

                    @Override
                    public void input(String member, Instant modified, InputStream bytes) throws IOException {
                        if (!wanted.test(member)) {
                            return;
                        }
                        int input = ++inputs[0];
                        new InputReader(Sources.installed(), null)
                                .read(bytes, new InputContext(member, ZoneOffset.UTC, modified), batch[0], (b, n) -> {
                                    observer.observe(b, "us", input, out::add);
                                    return b;
                                });
                    }
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out;
    }
}
