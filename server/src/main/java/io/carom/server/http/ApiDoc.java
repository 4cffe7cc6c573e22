package io.carom.server.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the API's description says of a route.
///
/// @param summary one line
/// @param query parameters behind the `?`
/// @param body name of the schema of what is sent; null where nothing is
/// @param answer name of the schema of a good answer; null where it is no JSON
/// @param type the media type of a good answer
/// @param csv whether the answer can be had as a table too
public record ApiDoc(
        String summary,
        List<Query> query,
        @Nullable String body,
        @Nullable String answer,
        String type,
        boolean csv) {
    public static final String JSON = "application/json";
    public static final String CSV = "text/csv";

    public ApiDoc {
        query = List.copyOf(query);
    }

    /// @param about what it means, and what it is where it is left out
    public record Query(String name, String about) {}

    public static ApiDoc of(String summary, String answer, Query... query) {
        return of(summary, answer, JSON, query);
    }

    public static ApiDoc of(String summary, String answer, String type, Query... query) {
        return new ApiDoc(summary, List.of(query), null, answer.isEmpty() ? null : answer, type, false);
    }

    /// Of what takes a body.
    public ApiDoc takes(String schema) {
        return new ApiDoc(summary, query, schema, answer, type, csv);
    }

    /// Of what gives a table too, to who asks for `format=csv`.
    public ApiDoc orCsv() {
        List<Query> more = new ArrayList<>(query);
        more.add(query("format", "json, or csv: the rows as a table (json)"));
        return new ApiDoc(summary, more, body, answer, type, true);
    }

    public static Query query(String name, String about) {
        return new Query(name, about);
    }
}
