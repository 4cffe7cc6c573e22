package io.carom.server.account;

import io.carom.view.Sight;
import org.jspecify.annotations.Nullable;

/// Somebody who looks at pages or asks the API.
///
/// @param session they are signed in with; null where each request shows who they are
/// @param read whether what they showed allows to read, and `write` to change
/// @param only the one thing that their token is for; null for all that the role may
public record Person(
        Account account,
        Role role,
        @Nullable Session session,
        boolean read,
        boolean write,
        @Nullable String only) {
    public Person {
        if (role.ofClient() && account.client() == null) {
            throw new IllegalArgumentException("a client's person without a client sees nothing");
        }
    }

    /// A session of a person that signed in.
    ///
    /// @param id which only the browser has; kept by its hash
    /// @param csrf what a form of the session's pages sends
    public record Session(String id, String csrf) {}

    public String name() {
        return account.name();
    }

    /// What they see: an account of a client never more than that client's, whatever its role.
    public Sight sight() {
        String client = account.client();
        return client == null ? Sight.ALL : Sight.of(client);
    }
}
