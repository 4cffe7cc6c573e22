package io.carom.advise;

import io.carom.intel.Facts;
import io.carom.intel.ThreatIndicator;
import io.carom.party.Parties;
import java.util.Optional;

/// Indicators as every client may have them, where all are given the same: of their origins nothing that
/// names a client, a supplier or anything of theirs. One that does so itself is given to nobody.
public final class Outsiders {
    private final Audience anybody;

    public Outsiders(Parties parties) {
        // No party is called so: everybody but whoever runs Carom is another.
        this.anybody = new Audience(parties, "");
    }

    /// Empty where nothing can be told without saying whom it is about.
    public Optional<ThreatIndicator> told(ThreatIndicator one) {
        if (anybody.value(one.value()).isEmpty()) {
            return Optional.empty();
        }
        Facts its = one.facts();
        Facts.Draft facts = its.draft();
        facts.source = anybody.value(its.source()).orElse("");
        facts.comment = anybody.text(its.comment());
        facts.labels.removeIf(l -> anybody.value(l).isEmpty());
        facts.killChain.removeIf(k -> anybody.value(k).isEmpty());
        return Optional.of(new ThreatIndicator(one.type(), one.value(), facts.done()));
    }
}
