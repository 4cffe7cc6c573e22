package io.carom.server.provider;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A provider of OpenID Connect.
///
/// @param secret null for a client without one, whom PKCE alone protects
/// @param authority PEM: whom to trust for its certificate besides the usual authorities; null for nobody
/// @param scopes asked for besides `openid`
/// @param userinfo whether its UserInfo endpoint is asked too, for claims that its ID token leaves out
/// @param back where it sends browsers back to
record OidcSettings(
        String name,
        String label,
        String issuer,
        String clientId,
        @Nullable String secret,
        @Nullable Path authority,
        List<String> scopes,
        boolean userinfo,
        String nameClaim,
        Duration skew,
        URI back,
        Admission admission)
        implements Provider {
    OidcSettings {
        scopes = List.copyOf(scopes);
    }
}
