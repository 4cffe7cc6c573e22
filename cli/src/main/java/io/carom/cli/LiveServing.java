package io.carom.cli;

import io.carom.config.ConfigException;
import io.carom.detect.behaviour.engine.Runner;
import io.carom.event.JsonText;
import io.carom.incident.FindingJson;
import io.carom.party.Parties;
import io.carom.run.LiveHealth;
import io.carom.run.LiveLine;
import io.carom.run.LiveSettings;
import io.carom.run.RuleReload;
import io.carom.run.Stage;
import io.carom.server.ServerOptions;
import io.carom.server.listen.Budget;
import io.carom.server.listen.Listeners;
import io.carom.server.listen.ListenersFile;
import io.carom.server.listen.LiveOperations;
import io.carom.server.listen.Surrounding;
import io.carom.server.log.Log;
import io.carom.server.tls.ServerTls;
import io.carom.source.Sources;
import io.carom.spool.Spool;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The listeners of `serve` and the live line behind them.
final class LiveServing {
    /// Memory that senders may take together.
    private static final long BUDGET = 256L << 20;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS|KIND=ADDRESS",
            description = "Where pages and answers are: 127.0.0.1 is this machine alone (default), 0.0.0.0 or :: every"
                    + " interface. With a kind, a listener for records besides those in listeners.yaml:"
                    + " syslog-tcp=0.0.0.0:5514. May be given several times.")
    List<String> listen = new ArrayList<>();

    @Option(
            names = "--rules",
            paramLabel = "PATH",
            description = "Sigma rules to ask of what the listeners receive (default: the folder rules in the home)."
                    + " May be given several times.")
    List<Path> rules = new ArrayList<>();

    @Option(
            names = "--indicators",
            paramLabel = "PATH",
            description = "Indicators to look for in what the listeners receive, besides those that are kept.")
    List<Path> indicators = new ArrayList<>();

    /// Where the server is to be.
    String address(CommandLine program) {
        List<String> addresses = listen.stream().filter(l -> l.indexOf('=') < 0).toList();
        if (addresses.size() > 1) {
            throw new CommandLine.ParameterException(
                    program, "--listen: one address for pages and answers; listeners for records are KIND=ADDRESS");
        }
        return addresses.isEmpty() ? "127.0.0.1" : addresses.getFirst();
    }

    /// A live line that runs.
    record Running(
            Spool spool,
            LiveLine line,
            Listeners listeners,
            LiveHealth health,
            LiveOperations operations,
            List<AutoCloseable> reloads)
            implements AutoCloseable {
        /// Receives nothing more, reads what was received, keeps its state, and stops.
        @Override
        public void close() throws IOException {
            operations.stopping();
            listeners.close();
            for (AutoCloseable reload : reloads) {
                LiveServing.close(reload);
            }
            line.close();
            health.close();
            spool.close();
        }
    }

    /// Starts what `listeners.yaml` and the options name; null if that is nothing.
    @Nullable
    Running start(Common common, ServerOptions options) throws Exception {
        Reading reading = new Reading();
        Sources sources = reading.sources(common);
        ListenersFile file = ListenersFile.read(common.home(), sources)
                .with(listen.stream().filter(l -> l.indexOf('=') >= 0).toList(), sources);
        if (file.listeners().isEmpty()) {
            return null;
        }
        Parties parties = reading.parties(common);
        Detection detection = new Detection();
        detection.kept = true;
        detection.indicatorFiles.addAll(indicators);
        Path own = common.home().resolve("rules");
        if (rules.isEmpty()) {
            // Made if it is not there: a rule that is put into it later is asked from then on.
            Files.createDirectories(own);
        }
        detection.ruleFiles.addAll(rules.isEmpty() ? List.of(own) : rules);
        detection.own(parties);
        Spool spool = Spool.open(
                LiveLine.spoolOf(common.home()), file.spool(), InstantSource.system(), Log.of("spool")::warn);
        LiveHealth health =
                new LiveHealth(common.home(), file.silence(), InstantSource.system(), Log.of("sources")::warn);
        LiveLine line = null;
        List<AutoCloseable> reloads = new ArrayList<>();
        try {
            line = LiveLine.start(
                    settings(common, file, sources, parties, reading.partiesText(), detection, reloads),
                    spool,
                    List.of(health));
            if (common.json) {
                line.onFindings(found -> print(common, found));
            }
            Listeners listeners = Listeners.start(file.listeners(), surrounding(common, options, spool, sources));
            for (Listeners.Running one : listeners.running()) {
                Log.of("listeners")
                        .info("listening: " + one.settings().name() + " ("
                                + one.settings().kind() + ") on "
                                + one.listener().place());
            }
            LiveOperations operations = new LiveOperations(line, listeners, health::states, file.metricsToken());
            return new Running(spool, line, listeners, health, operations, reloads);
        } catch (IOException | RuntimeException | ConfigException e) {
            if (line != null) {
                line.close();
            }
            health.close();
            spool.close();
            throw e;
        }
    }

    private static void close(AutoCloseable reload) throws IOException {
        try {
            reload.close();
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static LiveSettings settings(
            Common common,
            ListenersFile file,
            Sources sources,
            Parties parties,
            String partiesText,
            Detection detection,
            List<AutoCloseable> reloads)
            throws IOException, ConfigException {
        return new LiveSettings(
                common.home(),
                sources,
                parties,
                partiesText,
                sink -> {
                    try {
                        // Asked again where a kept state could not be taken up: those of before are of no use.
                        for (AutoCloseable reload : reloads) {
                            close(reload);
                        }
                        reloads.clear();
                        List<Stage> made = detection.stages(common, sink);
                        RuleReload rules = detection.live(common);
                        IndicatorReload indicators = detection.liveIndicators(common);
                        if (rules != null) {
                            reloads.add(rules);
                        }
                        if (indicators != null) {
                            reloads.add(indicators);
                        }
                        return made;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (ConfigException e) {
                        throw new IllegalArgumentException(e.getMessage(), e);
                    }
                },
                Runner.installed(),
                Detection.thresholds(common),
                // The warninglists are known once the stages are made.
                value -> detection.holding(value),
                file.lateness(),
                file.snapshot(),
                InstantSource.system(),
                Log.of("detection")::warn);
    }

    private static Surrounding surrounding(Common common, ServerOptions options, Spool spool, Sources sources) {
        return new Surrounding(
                common.home(),
                spool::append,
                new Surrounding.Recall() {
                    @Override
                    public long end() {
                        return spool.end();
                    }

                    @Override
                    public void since(long position, java.util.function.Consumer<SpoolEntry> taker) throws IOException {
                        spool.since(position, taker);
                    }
                },
                () -> {
                    Path certificate = options.certificate();
                    if (certificate != null) {
                        return ServerTls.given(certificate, Objects.requireNonNull(options.key()))
                                .context();
                    }
                    // Senders are mostly other machines, even where pages are for this one alone.
                    Set<String> names = new LinkedHashSet<>(ServerTls.names(options.listen(), options.names()));
                    names.addAll(ServerTls.names("0.0.0.0", options.names()));
                    return ServerTls.own(common.home(), names, options.clock().instant())
                            .context();
                },
                new Budget(BUDGET),
                sources,
                InstantSource.system(),
                Log.of("listeners")::warn);
    }

    private static void print(Common common, List<io.carom.event.Finding> found) {
        synchronized (LiveServing.class) {
            for (io.carom.event.Finding finding : found) {
                JsonText json = new JsonText();
                FindingJson.write(finding, json);
                common.out()
                        .println(new String(json.bytes(), 0, json.length(), java.nio.charset.StandardCharsets.UTF_8));
            }
            common.out().flush();
        }
    }
}
