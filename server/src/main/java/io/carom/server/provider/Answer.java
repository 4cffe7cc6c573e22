package io.carom.server.provider;

import org.jspecify.annotations.Nullable;

/// What a browser brings from a provider.
public sealed interface Answer {
    /// What was sent there, to come back.
    String state();

    /// Of OpenID Connect.
    ///
    /// @param issuer the `iss` that came with the code; null where none did (RFC 9207)
    /// @param fault what the provider says instead of giving a code; null for nothing
    record Code(
            String state,
            String code,
            @Nullable String issuer,
            @Nullable String fault) implements Answer {}

    /// Of SAML.
    ///
    /// @param response in base64
    record Response(String state, String response) implements Answer {}
}
