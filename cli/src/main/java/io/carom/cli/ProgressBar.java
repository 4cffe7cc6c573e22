package io.carom.cli;

import io.carom.run.Line;
import java.io.PrintWriter;
import java.util.Locale;

/// How far reading has come: a bar with rate and time left on a terminal, a plain line now and then
/// elsewhere. Nothing for work under a second.
final class ProgressBar implements Line.Progress, AutoCloseable {
    private static final long TERMINAL_NANOS = 200_000_000L;
    private static final long PLAIN_NANOS = 10_000_000_000L;
    private static final int WIDTH = 24;

    private final PrintWriter out;
    private final long total;
    private final boolean quiet;
    private final boolean terminal =
            System.console() != null && System.console().isTerminal();
    private final long started = System.nanoTime();
    private long shown = started;
    private long read;
    private long events;
    private boolean drawn;

    ProgressBar(PrintWriter out, long totalBytes, boolean quiet) {
        this.out = out;
        this.total = totalBytes;
        this.quiet = quiet;
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
        long now = System.nanoTime();
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
            out.print("\r\u001b[K[" + "#".repeat(full) + "·".repeat(WIDTH - full) + "] " + figures);
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

    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    long events() {
        return events;
    }
}
