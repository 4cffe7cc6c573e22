package io.carom.mail.name;

import java.util.List;
import java.util.Locale;

/// An organisation that mails may pretend to be of: we, a client, a supplier.
///
/// @param name as people write it
/// @param role `us`, `client` or `supplier`
/// @param domains its own, in lower case
public record OwnName(String name, String role, List<String> domains) {
    public OwnName {
        domains = domains.stream().map(d -> d.toLowerCase(Locale.ROOT)).toList();
    }

    /// Whether a host is in one of its domains.
    public boolean owns(String host) {
        return domains.stream().anyMatch(d -> host.equals(d) || host.endsWith("." + d));
    }
}
