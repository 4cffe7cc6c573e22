package io.carom.server.http;

import io.carom.server.account.Asker;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;

/// One way to ask the server.
///
/// @param path with `{name}` for what varies
public record Route(HandlerType method, String path, Answer answer) {
    /// Who may ask, and what they are answered.
    public sealed interface Answer permits ToAnybody, ToAccount {}

    @FunctionalInterface
    public non-sealed interface ToAnybody extends Answer {
        void give(Context context) throws Exception;
    }

    /// Who shows no account gets 401 and nothing of this.
    @FunctionalInterface
    public non-sealed interface ToAccount extends Answer {
        void give(Context context, Asker asker) throws Exception;
    }

    public static Route open(HandlerType method, String path, ToAnybody answer) {
        return new Route(method, path, answer);
    }

    public static Route closed(HandlerType method, String path, ToAccount answer) {
        return new Route(method, path, answer);
    }
}
