package io.carom.server.provider;

import io.carom.server.account.Vault;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A sign-in that was begun here and is at the provider now. The browser keeps it, sealed: nothing is
/// held here for strangers, and what comes back from a browser that did not begin it fits none.
///
/// @param state what the provider has to send back
/// @param nonce what its token has to hold
/// @param verifier of PKCE
/// @param next where to go afterwards
record Pending(String provider, String state, String nonce, String verifier, String next, Instant until) {
    private static final String USE = "sign-in";
    private static final ObjectMapper JSON = new ObjectMapper();

    String sealed(Vault vault) {
        return vault.sealed(
                JSON.writeValueAsString(JSON.createObjectNode()
                        .put("provider", provider)
                        .put("state", state)
                        .put("nonce", nonce)
                        .put("verifier", verifier)
                        .put("next", next)
                        .put("until", until.toEpochMilli())),
                USE);
    }

    /// Null for what is none, or no longer.
    static @Nullable Pending opened(Vault vault, @Nullable String sealed, Instant now) {
        if (sealed == null || sealed.isEmpty()) {
            return null;
        }
        try {
            JsonNode kept = JSON.readTree(vault.opened(sealed, USE));
            Instant until = Instant.ofEpochMilli(kept.path("until").asLong(0));
            return now.isBefore(until)
                    ? new Pending(
                            kept.path("provider").asString(""),
                            kept.path("state").asString(""),
                            kept.path("nonce").asString(""),
                            kept.path("verifier").asString(""),
                            kept.path("next").asString("/"),
                            until)
                    : null;
        } catch (IOException | JacksonException e) {
            return null;
        }
    }
}
