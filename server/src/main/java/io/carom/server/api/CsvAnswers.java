package io.carom.server.api;

import io.carom.server.http.Refused;
import io.carom.text.Csv;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Answers as tables for spreadsheets: the rows that the JSON has, and what it says beside them as headers.
public final class CsvAnswers {
    private static final List<String> FORMS = List.of("", "json", "csv");

    private CsvAnswers() {}

    /// Whether the one who asks wants CSV.
    static boolean wanted(Context context) throws Refused {
        String form = Given.text(context, "format");
        if (!FORMS.contains(form)) {
            throw Refused.notUnderstood("\"format\": expected json or csv.");
        }
        return form.equals("csv");
    }

    /// Events that a search found.
    public static void events(Context context, JsonNode answer) {
        Csv out = new Csv().row(List.of("time", "client", "class", "source", "path", "record", "raw_data"));
        for (JsonNode one : answer.path("events")) {
            out.row(List.of(
                    text(one, "time"),
                    text(one, "client"),
                    text(one, "table"),
                    text(one, "source"),
                    text(one, "path"),
                    one.path("record").asLong(0),
                    text(one, "raw")));
        }
        context.header("X-Carom-Total", String.valueOf(answer.path("total").asLong(0)));
        context.header("X-Carom-Whole", String.valueOf(answer.path("whole").asBoolean(true)));
        give(context, "events", out);
    }

    /// Rows that SQL gave.
    public static void rows(Context context, JsonNode answer) {
        Csv out = new Csv();
        List<@Nullable Object> columns = new ArrayList<>();
        answer.path("columns").forEach(c -> columns.add(c.asString("")));
        out.row(columns);
        for (JsonNode row : answer.path("rows")) {
            List<@Nullable Object> cells = new ArrayList<>();
            for (JsonNode cell : row) {
                cells.add(
                        cell.isNull()
                                ? null
                                : cell.isNumber()
                                        ? cell.numberValue()
                                        : cell.isString() ? cell.asString("") : cell.toString());
            }
            out.row(cells);
        }
        context.header("X-Carom-More", String.valueOf(answer.path("more").asBoolean(false)));
        give(context, "rows", out);
    }

    /// What a hunt has seen.
    public static void sightings(Context context, JsonNode answer) {
        Csv out = new Csv()
                .row(List.of(
                        "client",
                        "type",
                        "value",
                        "count",
                        "first_seen",
                        "last_seen",
                        "sources",
                        "warninglist",
                        "comment"));
        for (JsonNode one : answer.path("seen")) {
            List<String> sources = new ArrayList<>();
            one.path("sources").forEach(s -> sources.add(s.asString("")));
            out.row(List.of(
                    text(one, "client"),
                    text(one, "type"),
                    text(one, "value"),
                    one.path("count").asLong(0),
                    text(one, "first_seen"),
                    text(one, "last_seen"),
                    String.join(" ", sources),
                    text(one, "warninglist"),
                    text(one, "comment")));
        }
        give(context, "sightings", out);
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asString("");
    }

    private static void give(Context context, String name, Csv table) {
        context.header("Content-Type", "text/csv; charset=utf-8")
                .header("Content-Disposition", "attachment; filename=\"" + name + ".csv\"")
                .result(table.toString().getBytes(StandardCharsets.UTF_8));
    }
}
