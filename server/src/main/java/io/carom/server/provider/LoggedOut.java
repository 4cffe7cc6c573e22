package io.carom.server.provider;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Somebody's sessions that a provider says are over.
///
/// @param subject of whom all sessions are over, or those; empty where they are known by the
/// session alone
/// @param sessions by which the provider knows them; empty for all of the subject's
/// @param id of what was said, which is said once
/// @param next where the browser that brought it is sent; null where none did
public record LoggedOut(
        String issuer,
        String subject,
        List<String> sessions,
        String id,
        @Nullable URI next) {
    public LoggedOut {
        sessions = List.copyOf(sessions);
    }
}
