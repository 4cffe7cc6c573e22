package io.carom.cli;

import io.carom.server.log.Log;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Options that every command takes.
final class Common {
    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec spec;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Where configuration, lake and state are kept (default: $$CAROM_HOME, then"
                    + " $$XDG_DATA_HOME/carom, then ~/.local/share/carom).")
    @Nullable
    Path home;

    @Option(names = "--json", description = "Results as JSON, one object a line.")
    boolean json;

    @Option(names = "--quiet", description = "No progress and no notes on standard error.")
    boolean quiet;

    @Option(names = "-v", description = "Where an error happened, in full.")
    boolean verbose;

    /// Where what is said of the run goes, in place of standard error; null but for a server.
    @Nullable
    Log log;

    Path home() {
        if (home != null) {
            return home;
        }
        String own = System.getenv("CAROM_HOME");
        if (own != null && !own.isBlank()) {
            return Path.of(own);
        }
        String data = System.getenv("XDG_DATA_HOME");
        return data != null && !data.isBlank()
                ? Path.of(data, "carom")
                : Path.of(System.getProperty("user.home"), ".local", "share", "carom");
    }

    PrintWriter out() {
        return java.util.Objects.requireNonNull(spec).commandLine().getOut();
    }

    /// What is wrong, on standard error; told also to those who want no notes, for the exit code
    /// depends on it.
    void fault(String text) {
        if (log != null) {
            log.warn(text);
        } else {
            java.util.Objects.requireNonNull(spec).commandLine().getErr().println(text);
        }
    }

    /// A note for people, on standard error.
    void note(String text) {
        if (!quiet && log != null) {
            log.info(text);
        } else if (!quiet) {
            java.util.Objects.requireNonNull(spec).commandLine().getErr().println(text);
        }
    }
}
