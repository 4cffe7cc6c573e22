package io.carom.cli;

import io.carom.run.Line;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/// How far reading has come: a bar with rate and time left on a terminal, a plain line now and then
/// elsewhere. Nothing for work under a second.
final class ProgressBar implements Line.Progress, AutoCloseable {
    private static final long TERMINAL_NANOS = 200_000_000L;
    private static final long PLAIN_NANOS = 10_000_000_000L;
    private static final int WIDTH = 24;

    private final PrintWriter out;
    private final long total;
    private final boolean quiet;
    private final boolean terminal;
    private final int columns;
    private final LongSupplier nanos;
    private final long started;
    private long shown;
    private long read;
    private long events;
    private boolean drawn;

    ProgressBar(PrintWriter out, long totalBytes, boolean quiet) {
        this(out, totalBytes, quiet, Terminal.showsNotes(), Terminal.columns(), System::nanoTime);
    }

    ProgressBar(PrintWriter out, long totalBytes, boolean quiet, boolean terminal, int columns, LongSupplier nanos) {
        this.out = out;
        this.total = totalBytes;
        this.quiet = quiet;
        this.terminal = terminal;
        this.columns = columns;
        this.nanos = nanos;
        this.started = nanos.getAsLong();
        this.shown = started;
    }

    @Override
    public void file(String path, long bytes) {
        draw();
    }

    @Override
    public void read(long bytes) {
        read += bytes;
        draw();
    }

    @Override
    public void events(long more) {
        events += more;
        draw();
    }

    private void draw() {
        long now = nanos.getAsLong();
        if (quiet || now - started < 1_000_000_000L || now - shown < (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
            return;
        }
        shown = now;
        double seconds = (now - started) / 1e9;
        double part = total > 0 ? Math.min(1, (double) read / total) : 0;
        String left = part > 0.01 ? Shown.seconds(seconds / part - seconds) + " left" : "";
        String figures = String.format(
                Locale.ROOT,
                "%3.0f %%  %s of %s  %s events  %s/s  %s",
                part * 100,
                Shown.bytes(read),
                Shown.bytes(total),
                Shown.count(events),
                Shown.count((long) (events / seconds)),
                left);
        if (terminal) {
            int full = (int) (part * WIDTH);
            String bar = "[" + "#".repeat(full) + "·".repeat(WIDTH - full) + "] ";
            // A line that is wider than the terminal goes on in the next one, which nothing takes away
            // again.
            String line = bar.length() + figures.length() < columns ? bar + figures : figures;
            out.print("\r\u001b[K" + line.substring(0, Math.min(line.length(), Math.max(0, columns - 1))));
            out.flush();
            drawn = true;
        } else {
            out.println("reading: " + figures.strip());
        }
    }

    @Override
    public void close() {
        if (drawn) {
            out.print("\r\u001b[K");
            out.flush();
        }
    }
}
