package io.carom.server.http;

import java.util.Locale;

/// What it takes to answer a request: each kind is counted by itself.
public enum Cost {
    /// Not counted: whether the server runs is asked by machines, often, and answered from nothing.
    FREE,
    /// Files that are the same for everybody.
    STATIC,
    READ,
    /// A page of a TAXII collection, of which a client takes many, one behind the other.
    FEED,
    CHANGE,
    /// Searches, traces, hunts, SQL, exports, and what asks another server.
    COSTLY;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
