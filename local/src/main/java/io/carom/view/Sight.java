package io.carom.view;

import org.jspecify.annotations.Nullable;

/// How much of a home somebody sees.
///
/// @param client the only client whose data they see; null for all clients'
public record Sight(@Nullable String client) {
    public static final Sight ALL = new Sight(null);

    public static Sight of(String client) {
        return new Sight(client);
    }

    public boolean all() {
        return client == null;
    }

    public boolean sees(String other) {
        return client == null || client.equals(other);
    }
}
