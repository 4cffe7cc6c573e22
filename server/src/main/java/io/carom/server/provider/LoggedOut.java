package io.carom.server.provider;

/// Somebody's session that a provider says is over.
///
/// @param subject of whom all sessions are over, or that one's; empty where it is known by the session alone
/// @param session by which the provider knows it; empty for all of the subject's
/// @param id of what was said, which is said once
public record LoggedOut(String issuer, String subject, String session, String id) {}
