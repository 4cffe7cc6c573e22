package io.carom.incident;

import io.carom.event.Cidr;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.observe.Hosts;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A decision that some findings are to be expected: they make no incident, neither in what comes nor in
/// what is kept, until it ends.
///
/// @param client whose findings; empty for everybody's
/// @param analytic id of the rule, indicator or analytic; empty for any
/// @param value machine, address, network, account or indicator that the finding is about; empty for any
/// @param why for those who ask later
/// @param by who decided
/// @param until when it ends
public record Suppression(
        String id, String client, String analytic, String value, String why, String by, Instant made, Instant until) {
    public Suppression {
        if (analytic.isEmpty() && value.isEmpty()) {
            throw new IllegalArgumentException("a suppression names an analytic, a value, or both");
        }
        if (why.isBlank()) {
            throw new IllegalArgumentException("a suppression has a reason");
        }
        value = value.toLowerCase(Locale.ROOT);
    }

    public boolean acts(Instant now) {
        return now.isBefore(until);
    }

    public boolean matches(Group group) {
        return (client.isEmpty() || client.equals(group.client()))
                && (analytic.isEmpty() || analytic.equals(group.analytic()))
                && (value.isEmpty()
                        || about(
                                group.affected() == null
                                        ? null
                                        : group.affected().value())
                        || group.entities().stream()
                                .anyMatch(e -> e.kind() == Entity.Kind.INDICATOR && about(e.value())));
    }

    /// Whether it is about this machine, address, account or indicator.
    public boolean about(@Nullable String thing) {
        if (thing == null) {
            return false;
        }
        String folded = Cidr.plain(thing.toLowerCase(Locale.ROOT));
        if (folded.equals(Cidr.plain(value))) {
            return true;
        }
        // Machines stand in findings without their domain; an account may have one dot.
        boolean domain = value.indexOf('.') != value.lastIndexOf('.') && value.indexOf('@') < 0;
        if (domain && folded.equals(Hosts.shortName(value))) {
            return true;
        }
        byte[] address = value.indexOf('/') > 0 ? Cidr.address(folded) : null;
        return address != null && network(value) != null && Cidr.of(value).contains(address);
    }

    private static @Nullable Cidr network(String text) {
        try {
            return Cidr.of(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
