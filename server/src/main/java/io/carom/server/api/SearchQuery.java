package io.carom.server.api;

import io.carom.server.http.Refused;
import io.carom.view.EventsView;
import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A search as it stands behind the `?` of its address: pages and programs ask alike.
public final class SearchQuery {
    private static final int LONGEST = 4000;

    private SearchQuery() {}

    /// @param most events that are given
    /// @param fields of how many the attributes are told too
    public static EventsView.Search of(Context context, int most, int fields) throws Refused {
        Instant from = time("from", text(context, "from"));
        Instant until = time("until", text(context, "until"));
        return new EventsView.Search(
                text(context, "q"),
                text(context, "class"),
                text(context, "client"),
                from,
                until,
                last(text(context, "last"), from != null || until != null),
                most,
                fields);
    }

    /// @param bounded whether a time is given otherwise, which then counts
    private static EventsView.@Nullable Last last(String text, boolean bounded) throws Refused {
        EventsView.Last last = EventsView.Last.of(text);
        if (last == null && !text.isEmpty()) {
            throw Refused.notUnderstood("\"last\": expected a time such as 15m, 24h or 7d.");
        }
        return bounded ? null : last;
    }

    private static String text(Context context, String name) throws Refused {
        String text = Given.text(context, name);
        if (text.length() > LONGEST) {
            throw Refused.notUnderstood("\"" + name + "\" is too long.");
        }
        return text;
    }

    /// A time, or a day; in UTC where it has no zone. Null where the text is empty.
    public static @Nullable Instant time(String name, @Nullable String text) throws Refused {
        if (text == null || text.isBlank()) {
            return null;
        }
        String full = text.length() == 10
                ? text + "T00:00:00Z"
                : text.length() == 16 ? text + ":00Z" : text.matches(".*(Z|[+-]\\d\\d:\\d\\d)") ? text : text + "Z";
        try {
            return Instant.parse(full);
        } catch (DateTimeException e) {
            throw Refused.notUnderstood("\"" + name + "\": expected a time such as 2026-03-02T10:00:00Z, or a day.");
        }
    }
}
