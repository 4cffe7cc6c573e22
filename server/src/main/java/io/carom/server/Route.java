package io.carom.server;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/// One way to ask the server.
///
/// @param path with `{name}` for what varies
public record Route(HandlerType method, String path, Handler handler) {}
