package io.carom.run;

import io.carom.detect.sigma.LogSources;
import io.carom.detect.sigma.RuleFault;
import io.carom.detect.sigma.RuleSet;
import io.carom.detect.sigma.Tuning;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Puts rules whose files changed in the place of those that a line asks, while it runs. The line does not wait:
/// they are read and compiled here, and asked from its next batch on.
public final class RuleReload implements AutoCloseable {
    private final RuleWatch watch;
    private final SigmaStage stage;
    private final LogSources sources;
    private final List<Tuning> tunings;
    private final Consumer<String> notes;
    private final Thread thread;

    /// Looks at the files from now on, so often.
    ///
    /// @param notes told of each change, and of each rule that is wrong, in words that may hold text of the files
    public RuleReload(
            RuleWatch watch,
            SigmaStage stage,
            LogSources sources,
            List<Tuning> tunings,
            Duration every,
            Consumer<String> notes) {
        this.watch = watch;
        this.stage = stage;
        this.sources = sources;
        this.tunings = List.copyOf(tunings);
        this.notes = notes;
        this.thread = Thread.ofVirtual().name("rules").unstarted(() -> {
            try {
                while (true) {
                    Thread.sleep(every);
                    look();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
    }

    /// Looks once. What cannot be read leaves the rules as they are.
    ///
    /// @return whether other rules are asked now
    public synchronized boolean look() {
        try {
            RuleSet set = watch.changed().orElse(null);
            if (set == null) {
                return false;
            }
            for (RuleFault fault : set.faults()) {
                if (fault.fatal()) {
                    notes.accept(fault + " The rule is left out.");
                }
            }
            boolean none = set.rules().isEmpty() && set.correlations().isEmpty();
            if (none && !(watch.switchedOff() && set.faults().isEmpty())) {
                // A folder that is being filled anew is empty for a moment.
                notes.accept("The rule files changed and hold no rules now: those asked before are kept.");
                return false;
            }
            stage.replace(set, sources, tunings);
            notes.accept("The rule files changed: "
                    + (set.rules().size() + set.correlations().size()) + " Sigma rules are asked from now on.");
            return true;
        } catch (IOException | RuntimeException e) {
            notes.accept(
                    "The rule files changed and cannot be read (" + e.getMessage() + "): those asked before are kept.");
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
