package io.carom.detect.behaviour;

import io.carom.observe.Address;
import io.carom.observe.Observation;
import io.carom.observe.Observation.SignIn;
import io.carom.party.Link;
import io.carom.party.Party;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an analytic may ask and whom it tells. Whoever runs analytics provides it.
public interface Context {
    /// Event time: that of the observation at hand, or of the review. Milliseconds since 1970.
    long now();

    /// Whether there will be no later review, because all input was read.
    default boolean ending() {
        return false;
    }

    double value(Threshold threshold);

    default long whole(Threshold threshold) {
        return (long) value(threshold);
    }

    /// A key for the client whose logs the observation is in, for {@link Analytic#key} to begin with.
    long tenant(Observation observation);

    /// Who owns the address, asked of this client's logs; null if nobody declared it.
    @Nullable
    Party owner(Address address, String client);

    /// Everybody who is declared.
    List<Party> parties();

    /// Who owns the host name; null if nobody declared it.
    @Nullable
    Party ownerOfName(String host);

    /// The link over which the address reaches the client; null if it is none.
    @Nullable
    Link link(Address address, String client);

    /// The link of this name; null if none is declared.
    @Nullable
    Link linkNamed(String name);

    /// The link that the account which signed in is for; null if it is for none.
    @Nullable
    Link linkOfAccount(SignIn signIn);

    /// Whether the address is on the client's side: owned by it, or private and owned by nobody else.
    boolean inside(Address address, String client);

    /// Whether somebody said that this machine scans on order, so that scanning by it is no finding.
    boolean allowedScanner(Address address, String client);

    /// How many of the client's machines were in touch with this address or host name so far.
    int machinesAt(String destination, String client);

    /// How many machines of the client were seen so far.
    int machines(String client);

    /// When the client's logs first named this address or host name; `Long.MAX_VALUE` if they have not.
    long firstSeen(String destination, String client);

    /// When the client's logs begin, of those read so far; `Long.MAX_VALUE` if there are none.
    long begin(String client);

    /// Name of the warninglist a value is on (popular sites, public resolvers), null if on none.
    @Nullable
    String warninglist(String value);

    /// In whose domain a host name is, by the public suffix list; empty if in nobody's.
    String registrable(String name);

    void found(Draft finding);
}
