package io.carom.victim;

import java.util.List;

/// A company that names are held against, and all that is known of how it is called.
///
/// @param id as the list calls it, and as it is given back
/// @param names full names and brands, as they are written; the first is the usual one
/// @param domains lower case
/// @param tickers stock symbols and abbreviations that the list states
public record Client(String id, List<String> names, List<String> domains, List<String> tickers) {
    public Client {
        if (id.isBlank()) {
            throw new IllegalArgumentException("a client without a name");
        }
        names = List.copyOf(names);
        domains = List.copyOf(domains);
        tickers = List.copyOf(tickers);
    }
}
