package io.carom.server.provider;

import io.carom.server.account.Role;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whom of a provider's people the home lets in, and as what. Which client is written here by whoever
/// runs the home, never by the provider: a provider that is owned, or says anything, lets nobody in to a
/// client that is not named for it.
///
/// @param required all of it has to be said, such as that a second factor was asked
/// @param rules the first that fits says what somebody is
record Admission(List<Said> required, List<Rule> rules) {
    Admission {
        required = List.copyOf(required);
        rules = List.copyOf(rules);
    }

    /// A claim with this value, or with it among others.
    record Said(String claim, String value) {
        boolean holds(Claims claims) {
            return claims.of(claim).contains(value);
        }
    }

    /// @param client whose; null for a role that is of nobody's client
    record Grant(Role role, @Nullable String client) {
        Grant {
            if (role == Role.ADMINISTRATOR) {
                throw new IllegalArgumentException("no provider makes an administrator");
            }
            if (role.ofClient() != (client != null)) {
                throw new IllegalArgumentException("a client's role, and no other, is of a client");
            }
        }
    }

    record Rule(Said said, Grant grant) {}

    /// Empty for who is not let in.
    Optional<Grant> of(Claims claims) {
        return required.stream().allMatch(one -> one.holds(claims))
                ? rules.stream()
                        .filter(rule -> rule.said.holds(claims))
                        .map(Rule::grant)
                        .findFirst()
                : Optional.empty();
    }

    /// Whether anybody is let in as that.
    boolean grants(Role role, @Nullable String client) {
        return rules.stream().anyMatch(rule -> rule.grant.role == role && Objects.equals(rule.grant.client, client));
    }
}
