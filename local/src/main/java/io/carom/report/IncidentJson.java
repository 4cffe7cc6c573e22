package io.carom.report;

import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.incident.Incident;
import io.carom.trace.Trace;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// An incident as JSON, with the members that `carom incidents --json` promises.
public final class IncidentJson {
    /// More groups of findings than that are counted in `findings_total`, not listed.
    public static final int MAX_FINDINGS = 500;

    private IncidentJson() {}

    /// Writes one object.
    public static void write(Incident it, JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("id", it.id());
        out.writeStringProperty("client", it.client());
        out.writeStringProperty("title", it.title());
        out.writeStringProperty("summary", it.summary());
        out.writeStringProperty("severity", it.severity().label());
        texts(out, "severity_why", it.severityWhy());
        out.writeStringProperty("status", it.status().label());
        time(out, "first_seen", it.firstSeen());
        time(out, "last_seen", it.lastSeen());
        out.writeObjectPropertyStart("entry");
        text(out, "party", it.entry().party());
        text(out, "link", it.entry().link());
        out.writeNumberProperty("confidence", it.entry().confidence());
        out.writeStringProperty("reason", it.entry().reason());
        out.writeEndObject();
        traces(it.traces(), out);
        out.writeStringProperty("campaign", it.campaign());
        out.writeArrayPropertyStart("path");
        for (Incident.Hop hop : it.path()) {
            out.writeStartObject();
            time(out, "time", hop.time());
            time(out, "last", hop.last());
            out.writeStringProperty("from", hop.from());
            out.writeStringProperty("to", hop.to());
            if (hop.port() >= 0) {
                out.writeNumberProperty("port", hop.port());
            } else {
                out.writeNullProperty("port");
            }
            text(out, "party", hop.party());
            text(out, "link", hop.link());
            out.writeNumberProperty("count", hop.count());
            text(out, "to_party", hop.toParty());
            out.writeStringProperty("account", hop.account());
            out.writeStringProperty("via", hop.via());
            out.writeNumberProperty("confidence", hop.confidence());
            out.writeStringProperty("why", hop.why());
            out.writeArrayPropertyStart("evidence");
            for (Trace.Source source : hop.records()) {
                out.writeStartObject();
                out.writeStringProperty("path", source.path());
                out.writeNumberProperty("record", source.record());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
        texts(out, "parties", it.parties());
        texts(out, "techniques", it.techniques());
        texts(out, "indicators", it.indicators());
        out.writeNumberProperty(
                "findings_total", it.findings().stream().mapToLong(Group::count).sum());
        out.writeArrayPropertyStart("findings");
        it.findings().stream().limit(MAX_FINDINGS).forEach(group -> group(out, group));
        out.writeEndArray();
        out.writeObjectPropertyStart("clocks");
        time(out, "occurred", it.clocks().occurred());
        time(out, "detected", it.clocks().detected());
        out.writeEndObject();
        out.writeArrayPropertyStart("actions");
        for (Incident.Action action : it.actions()) {
            out.writeStartObject();
            out.writeStringProperty("kind", action.kind());
            texts(out, "targets", action.targets());
            out.writeStringProperty("text", action.text());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    /// Where it began, what else may have been, and what is missing to tell.
    private static void traces(List<Trace> traces, JsonGenerator out) {
        out.writeArrayPropertyStart("origins");
        if (!traces.isEmpty()) {
            for (Trace.Origin origin : traces.getFirst().origins()) {
                out.writeStartObject();
                out.writeStringProperty("way", origin.way().label());
                out.writeStringProperty("party", origin.party());
                out.writeStringProperty("from", origin.from());
                out.writeStringProperty("at", origin.at());
                out.writeStringProperty("account", origin.account());
                time(out, "time", origin.time());
                out.writeNumberProperty("confidence", origin.confidence());
                out.writeStringProperty("why", origin.why());
                out.writeEndObject();
            }
        }
        out.writeEndArray();
        out.writeArrayPropertyStart("alternatives");
        for (Trace trace : traces.subList(Math.min(1, traces.size()), traces.size())) {
            out.writeStartObject();
            out.writeNumberProperty("rank", trace.rank());
            out.writeNumberProperty("confidence", trace.confidence());
            out.writeStringProperty("way", trace.entry().way().label());
            text(out, "party", trace.entry().party());
            text(out, "link", trace.entry().link());
            out.writeStringProperty("from", trace.entry().from());
            out.writeStringProperty("why", trace.entry().why());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayPropertyStart("channels");
        if (!traces.isEmpty()) {
            for (Trace.Channel c : traces.getFirst().channels()) {
                out.writeStartObject();
                out.writeStringProperty("from", c.from());
                out.writeStringProperty("to", c.to());
                out.writeNumberProperty("port", c.port());
                out.writeNumberProperty("machines", c.machines());
                out.writeNumberProperty("count", c.count());
                out.writeNumberProperty("bytes_out", c.bytesOut());
                out.writeNumberProperty("bytes_in", c.bytesIn());
                time(out, "first_seen", c.first());
                time(out, "last_seen", c.last());
                out.writeStringProperty("path", c.record().path());
                out.writeNumberProperty("record", c.record().record());
                out.writeEndObject();
            }
        }
        out.writeEndArray();
        texts(out, "gaps", traces.isEmpty() ? List.of() : traces.getFirst().gaps());
    }

    private static void group(JsonGenerator out, Group group) {
        out.writeStartObject();
        out.writeStringProperty("analytic", group.analytic());
        out.writeStringProperty("title", group.title());
        out.writeStringProperty(
                "severity", Incident.Severity.ofId(group.severityId()).label());
        text(out, "affected", group.affected() == null ? null : group.affected().value());
        out.writeNumberProperty("count", group.count());
        time(out, "first_seen", Instant.ofEpochMilli(group.first()));
        time(out, "last_seen", Instant.ofEpochMilli(group.last()));
        out.writeArrayPropertyStart("evidence");
        for (Finding finding : group.kept()) {
            Finding.Evidence e = finding.evidence();
            out.writeStartObject();
            out.writeStringProperty("finding", finding.uid());
            out.writeStringProperty("path", e.path());
            out.writeNumberProperty("record", e.record());
            out.writeStringProperty("source", e.source());
            text(out, "src", e.srcAddress());
            text(out, "dst", e.dstAddress());
            text(out, "host", e.host());
            text(out, "user", e.user());
            out.writeStringProperty("native", e.nativeRecord());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void time(JsonGenerator out, String name, Instant time) {
        out.writeStringProperty(name, time.toString());
    }

    private static void text(JsonGenerator out, String name, @Nullable String value) {
        if (value == null) {
            out.writeNullProperty(name);
        } else {
            out.writeStringProperty(name, value);
        }
    }

    private static void texts(JsonGenerator out, String name, List<String> values) {
        out.writeArrayPropertyStart(name);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }
}
