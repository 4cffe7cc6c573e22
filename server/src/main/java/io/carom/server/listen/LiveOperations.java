package io.carom.server.listen;

import io.carom.health.Alarm;
import io.carom.health.SourceState;
import io.carom.run.LiveLine;
import io.carom.server.Operations;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Figures of listeners and the live line behind them.
public final class LiveOperations implements Operations {
    /// A detection that is so many bytes behind is not ready to be relied on.
    private static final long BEHIND = 512L << 20;

    private final LiveLine line;
    private final Listeners listeners;
    private final Supplier<List<SourceState>> sources;
    private final @Nullable String token;
    private volatile boolean stopping;

    /// @param token that Prometheus shows; null if nobody may see figures
    public LiveOperations(
            LiveLine line, Listeners listeners, Supplier<List<SourceState>> sources, @Nullable String token) {
        this.token = token;
        this.line = line;
        this.listeners = listeners;
        this.sources = sources;
    }

    /// From now on it is not ready: whoever spreads the load is to send elsewhere.
    public void stopping() {
        stopping = true;
    }

    @Override
    public @Nullable String notReady() {
        LiveLine.State state = line.state();
        if (stopping) {
            return "stopping";
        }
        if (state.spool().fault() != null) {
            return "intake is stopped";
        }
        if (state.lake().fault() != null) {
            return "events are not kept";
        }
        String stopped = line.stopped();
        if (stopped != null) {
            return stopped + " has stopped";
        }
        return state.detectionLag() > BEHIND ? "detection is behind" : null;
    }

    @Override
    public @Nullable String metricsToken() {
        return token;
    }

    @Override
    public String metrics() {
        PrometheusText out = new PrometheusText();
        LiveLine.State s = line.state();
        out.add("carom_ready", "gauge", "1 if the server is ready", notReady() == null ? 1 : 0);
        out.add(
                "carom_intake_stopped",
                "gauge",
                "1 if the spool takes nothing",
                s.spool().fault() == null ? 0 : 1);
        out.add(
                "carom_spool_bytes",
                "gauge",
                "Bytes of the spool on disk",
                s.spool().bytes());
        out.add(
                "carom_spool_end_bytes_total",
                "counter",
                "Bytes ever put into the spool",
                s.spool().end());
        out.add("carom_lake_lag_bytes", "gauge", "Bytes received that are not in the lake yet", s.lakeLag());
        out.add(
                "carom_lake_faulty",
                "gauge",
                "1 if the lake takes nothing",
                s.lake().fault() == null ? 0 : 1);
        out.add("carom_lake_events_total", "counter", "Events kept", s.lake().events());
        out.add("carom_lake_rejects_total", "counter", "Rejects kept", s.lake().rejects());
        out.add(
                "carom_lake_commits_total",
                "counter",
                "Commits of the lake",
                s.lake().commits());
        out.add(
                "carom_lake_commit_seconds",
                "gauge",
                "How long the last commit took",
                s.lake().lastMillis() / 1e3);
        out.add("carom_detection_lag_bytes", "gauge", "Bytes received that were not looked at yet", s.detectionLag());
        out.add("carom_detection_events_total", "counter", "Events looked at", s.events());
        out.add("carom_detection_rejects_total", "counter", "Records not understood", s.rejects());
        out.add("carom_detection_faults_total", "counter", "Faults of detectors", s.faults());
        out.add("carom_observations_late_total", "counter", "Observations after their time had passed", s.late());
        out.add("carom_observations_future_total", "counter", "Observations ahead of the clock, left out", s.future());
        out.add("carom_observations_held", "gauge", "Observations held for their order", s.heldObservations());
        out.add("carom_findings_total", "counter", "Findings told", s.findings());
        out.add("carom_findings_again_total", "counter", "Findings that were known", s.again());
        out.add("carom_findings_waiting", "gauge", "Findings waiting to be kept", s.waitingFindings());
        out.add("carom_incidents", "gauge", "Incidents known now", s.incidents());
        out.add("carom_incident_cycle_seconds", "gauge", "How long the last grouping took", s.incidentMillis() / 1e3);
        String behind = "From when a finding is kept until its incident is";
        out.add("carom_incident_latency_seconds", "gauge", behind, s.incidentP50() / 1e3, "quantile", "0.5");
        out.add("carom_incident_latency_seconds", "gauge", behind, s.incidentP99() / 1e3, "quantile", "0.99");
        out.add("carom_incident_latency_seconds", "gauge", behind, s.incidentMost() / 1e3, "quantile", "1");
        out.add("carom_incidents_untraced", "gauge", "Stories of which no trace was made yet", s.untraced());
        out.add("carom_trace_round_seconds", "gauge", "How long the last round of traces took", s.traceMillis() / 1e3);
        out.add("carom_snapshot_seconds", "gauge", "How long the last snapshot took", s.snapshotMillis() / 1e3);
        out.add(
                "carom_snapshot_held_up_seconds",
                "gauge",
                "How long analytics waited for the last snapshot",
                s.heldUpMillis() / 1e3);
        String latency = "From a record's arrival until its finding is kept";
        out.add("carom_finding_latency_seconds", "gauge", latency, s.p50() / 1e3, "quantile", "0.5");
        out.add("carom_finding_latency_seconds", "gauge", latency, s.p99() / 1e3, "quantile", "0.99");
        out.add("carom_finding_latency_seconds", "gauge", latency, s.p999() / 1e3, "quantile", "0.999");
        for (String what : List.of("records", "bytes", "dropped", "cut", "refused", "waited", "connections")) {
            for (Listeners.Running one : listeners.running()) {
                listener(out, what, one);
            }
        }
        sources(out);
        jvm(out);
        return out.toString();
    }

    private static void listener(PrometheusText out, String what, Listeners.Running one) {
        Counts c = one.listener().counts();
        long value = switch (what) {
            case "records" -> c.records.get();
            case "bytes" -> c.bytes.get();
            case "dropped" -> c.dropped.get();
            case "cut" -> c.cut.get();
            case "refused" -> c.refused.get();
            case "waited" -> c.waited.get();
            default -> c.connections.get();
        };
        boolean gauge = what.equals("connections");
        out.add(
                "carom_listener_" + what + (gauge ? "" : "_total"),
                gauge ? "gauge" : "counter",
                "Of a listener: " + what,
                value,
                "listener",
                one.settings().name(),
                "kind",
                one.settings().kind());
    }

    private void sources(PrometheusText out) {
        List<SourceState> all = sources.get();
        for (SourceState s : all) {
            out.add("carom_source_events_total", "counter", "Events of a source", s.events(), of(s));
        }
        for (SourceState s : all) {
            out.add("carom_source_rejects_total", "counter", "Records not understood", s.rejects(), of(s));
        }
        for (SourceState s : all) {
            out.add("carom_source_last_seconds", "gauge", "When it was heard last", s.last() / 1e3, of(s));
        }
        for (SourceState s : all) {
            out.add("carom_source_lag_seconds", "gauge", "How late its events come", s.lag() / 1e3, of(s));
        }
        for (Alarm.Kind kind : Alarm.Kind.values()) {
            for (SourceState s : all) {
                boolean open = s.alarms().stream().anyMatch(a -> a.kind() == kind);
                out.add(
                        "carom_source_alarm",
                        "gauge",
                        "1 while a source is out of the ordinary",
                        open ? 1 : 0,
                        "client",
                        s.client(),
                        "source",
                        s.source(),
                        "kind",
                        kind.label());
            }
        }
    }

    private static String[] of(SourceState s) {
        return new String[] {"client", s.client(), "source", s.source()};
    }

    private static void jvm(PrometheusText out) {
        Runtime runtime = Runtime.getRuntime();
        out.add("jvm_memory_used_bytes", "gauge", "Heap used", runtime.totalMemory() - runtime.freeMemory());
        out.add("jvm_memory_max_bytes", "gauge", "Heap at most", runtime.maxMemory());
        out.add(
                "jvm_threads_current",
                "gauge",
                "Threads of the platform",
                ManagementFactory.getThreadMXBean().getThreadCount());
        long collecting = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(b -> Math.max(0, b.getCollectionTime()))
                .sum();
        out.add("jvm_gc_seconds_total", "counter", "Time spent collecting", collecting / 1e3);
        out.add(
                "process_uptime_seconds",
                "gauge",
                "Since the program began",
                ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
    }
}
