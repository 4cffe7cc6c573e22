package io.carom.run;

import io.carom.detect.sigma.Placeholders;
import io.carom.detect.sigma.RuleSet;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Sees when rule files change. Looks at names, sizes and times of change only, so it may be asked every few
/// seconds; for one thread.
public final class RuleWatch {
    private record Seen(String file, long size, long changed) {}

    private final List<Path> paths;
    private final Placeholders placeholders;
    private List<Seen> seen;

    /// Takes the files as they are now for read.
    public RuleWatch(List<Path> paths, Placeholders placeholders) throws IOException {
        this.paths = List.copyOf(paths);
        this.placeholders = placeholders;
        this.seen = look();
    }

    /// All rules read anew, if any file came, went or changed since they were read before. Those that are
    /// wrong are among the faults of the set, as at the start.
    public Optional<RuleSet> changed() throws IOException {
        List<Seen> now = look();
        if (now.equals(seen)) {
            return Optional.empty();
        }
        // Remembered before reading: a change while it is read is seen the next time.
        seen = now;
        return Optional.of(RuleFiles.read(paths, placeholders));
    }

    /// Whether any file was renamed so that it is not asked: then that there is no rule is meant.
    boolean switchedOff() {
        return seen.stream().anyMatch(s -> s.file.endsWith(".off"));
    }

    private List<Seen> look() throws IOException {
        List<Seen> all = new ArrayList<>();
        for (Path path : paths) {
            for (String file : Inputs.list(List.of(path.toString())).files()) {
                Path at = Path.of(file);
                try {
                    all.add(new Seen(
                            file, Files.size(at), Files.getLastModifiedTime(at).toMillis()));
                } catch (IOException e) {
                    // It went while the folder was listed.
                    all.add(new Seen(file, -1, -1));
                }
            }
        }
        return all;
    }
}
