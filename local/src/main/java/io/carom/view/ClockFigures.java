package io.carom.view;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How long each part of the response takes: mean, median and 90th percentile (nearest rank), over all,
/// by client, by supplier and by month of detection.
public final class ClockFigures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Span(String name, String from, String to) {}

    private static final List<Span> SPANS = List.of(
            new Span("detect", "occurred", "detected"),
            new Span("see", "detected", "seen"),
            new Span("acknowledge", "detected", "acknowledged"),
            new Span("contain", "detected", "contained"),
            new Span("tell", "detected", "told"),
            new Span("close", "detected", "closed"));

    private final View view;

    public ClockFigures(View view) {
        this.view = view;
    }

    /// `all`, `by_client`, `by_supplier`, `by_month`: rows with `name`, `incidents` and for each part
    /// `n`, `mean_s`, `median_s`, `p90_s`, `running`.
    public ObjectNode of() throws IOException {
        List<ObjectNode> incidents = view.incidents();
        ObjectNode out = JSON.createObjectNode();
        row("all", incidents, out.putObject("all"));
        group(incidents, i -> i.path("client").asString(""), out.putArray("by_client"));
        group(incidents, i -> i.path("entry").path("party").asString(""), out.putArray("by_supplier"));
        group(
                incidents,
                i -> {
                    String at = i.path("clocks").path("detected").asString("");
                    return at.length() < 7 ? "" : at.substring(0, 7);
                },
                out.putArray("by_month"));
        return out;
    }

    private void group(List<ObjectNode> incidents, Function<JsonNode, String> by, ArrayNode into) {
        Map<String, List<ObjectNode>> groups = new TreeMap<>();
        for (ObjectNode one : incidents) {
            String name = by.apply(one);
            if (!name.isEmpty()) {
                groups.computeIfAbsent(name, n -> new ArrayList<>()).add(one);
            }
        }
        groups.forEach((name, all) -> row(name, all, into.addObject()));
    }

    private void row(String name, List<ObjectNode> incidents, ObjectNode out) {
        out.put("name", name).put("incidents", incidents.size());
        for (Span span : SPANS) {
            List<Long> seconds = new ArrayList<>();
            int running = 0;
            for (ObjectNode one : incidents) {
                Instant from = time(one.path("clocks").path(span.from));
                Instant to = time(one.path("clocks").path(span.to));
                if (from != null && to != null) {
                    seconds.add(Math.max(0, Duration.between(from, to).toSeconds()));
                } else if (from != null && !one.path("status").asString("").equals("closed")) {
                    running++;
                }
            }
            seconds.sort(null);
            ObjectNode figure = out.putObject(span.name);
            figure.put("n", seconds.size()).put("running", running);
            if (seconds.isEmpty()) {
                figure.putNull("mean_s").putNull("median_s").putNull("p90_s");
            } else {
                figure.put(
                                "mean_s",
                                Math.round(seconds.stream()
                                        .mapToLong(Long::longValue)
                                        .average()
                                        .orElse(0)))
                        .put("median_s", rank(seconds, 0.5))
                        .put("p90_s", rank(seconds, 0.9));
            }
        }
    }

    private static long rank(List<Long> sorted, double p) {
        return sorted.get(Math.max(0, (int) Math.ceil(p * sorted.size()) - 1));
    }

    private static @Nullable Instant time(JsonNode node) {
        try {
            return node.isString() ? Instant.parse(node.asString("")) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
