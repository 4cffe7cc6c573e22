package io.carom.server.http;

import io.javalin.http.Context;

/// What stands behind the `?` of an address.
public final class Query {
    private Query() {}

    /// A number within bounds.
    ///
    /// @param otherwise where it is not there
    public static int number(Context context, String name, int otherwise, int most) throws Refused {
        String text = context.queryParam(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) > most) {
            throw Refused.notUnderstood("\"" + name + "\": expected a number up to " + most + ".");
        }
        return Integer.parseInt(text);
    }
}
