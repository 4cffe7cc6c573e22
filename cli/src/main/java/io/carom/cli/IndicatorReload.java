package io.carom.cli;

import io.carom.detect.indicator.IndicatorSet;
import io.carom.event.Indicator;
import io.carom.run.IndicatorStage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Puts indicators that came or went into the place of those that a line looks for, while it runs. The line does
/// not wait: they are read here, and looked for from its next batch on.
final class IndicatorReload implements AutoCloseable {
    /// Reads all indicators.
    interface Reading {
        List<Indicator> read() throws IOException;
    }

    private final List<Path> files;
    private final IndicatorStage stage;
    private final Reading reading;
    private final Consumer<String> notes;
    private final Thread thread;
    private List<Object> seen;

    /// Looks at the files from now on, so often.
    ///
    /// @param files of which one changes when there is something new
    IndicatorReload(List<Path> files, IndicatorStage stage, Reading reading, Duration every, Consumer<String> notes) {
        this.files = List.copyOf(files);
        this.stage = stage;
        this.reading = reading;
        this.notes = notes;
        this.seen = state();
        this.thread = Thread.ofPlatform().name("carom-indicators").daemon().start(() -> {
            try {
                while (true) {
                    Thread.sleep(every);
                    look();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private List<Object> state() {
        List<Object> all = new ArrayList<>();
        for (Path file : files) {
            try {
                all.add(Files.exists(file) ? List.of(Files.getLastModifiedTime(file), Files.size(file)) : "");
            } catch (IOException e) {
                all.add("");
            }
        }
        return all;
    }

    /// Looks once. What cannot be read leaves the indicators as they are.
    ///
    /// @return whether others are looked for now
    synchronized boolean look() {
        List<Object> now = state();
        if (now.equals(seen)) {
            return false;
        }
        try {
            List<Indicator> all = reading.read();
            stage.replace(new IndicatorSet(all));
            seen = now;
            notes.accept("The indicators changed: " + Shown.count(all.size()) + " are looked for from now on.");
            return true;
        } catch (IOException | RuntimeException e) {
            notes.accept("The indicators changed and cannot be read (" + e.getMessage() + "): those before are kept.");
            seen = now;
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
