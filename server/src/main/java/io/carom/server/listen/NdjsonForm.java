package io.carom.server.listen;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.util.List;

/// Lines: `POST /ingest` or `/ingest/{source}`, a record a line, JSON or not. A body that begins with
/// `[` is an array of objects. Answered `{"records":N}`.
final class NdjsonForm implements HttpPort.Form {
    @Override
    public void routes(HttpPort.Routes routes) {
        for (HandlerType method : new HandlerType[] {HandlerType.POST, HandlerType.PUT}) {
            routes.add(method, "/ingest", NdjsonForm::take);
            routes.add(method, "/ingest/{source}", NdjsonForm::take);
        }
    }

    private static void take(Context context, HttpPort.Sender sender) throws IOException {
        String named = context.pathParamMap().getOrDefault("source", "");
        String format = context.queryParam("format");
        try (HttpBody.Read body = sender.body(context)) {
            byte[] b = body.bytes();
            Records records = new Records(sender.counts(), b.length + 1);
            int at = 0;
            while (at < b.length && b[at] <= ' ') {
                at++;
            }
            if (at < b.length && b[at] == '[' && named(b, at)) {
                int end = JsonPieces.elements(b, at, (from, to) -> records.add(b, from, to));
                if (JsonPieces.blank(b, end) < b.length) {
                    throw new IllegalArgumentException("something stands behind the array");
                }
            } else {
                lines(b, at, records);
            }
            int count = records.count();
            if (count > 0) {
                String source = Shipped.plain(named).isEmpty()
                        ? sender.settings().name()
                        : sender.settings().name() + ":" + named;
                sender.put(List.of(sender.entry(source, format == null ? "" : format, records.take())));
            }
            context.status(200).contentType("application/json").result("{\"records\":" + count + "}\n");
        }
    }

    /// An array of objects; a line of text may begin with a bracket too.
    private static boolean named(byte[] b, int from) {
        int at = from + 1;
        while (at < b.length && b[at] <= ' ') {
            at++;
        }
        return at < b.length && (b[at] == '{' || b[at] == ']');
    }

    static void lines(byte[] b, int from, Records records) {
        int start = from;
        for (int i = from; i <= b.length; i++) {
            if (i == b.length || b[i] == '\n') {
                records.add(b, start, i);
                start = i + 1;
            }
        }
    }
}
