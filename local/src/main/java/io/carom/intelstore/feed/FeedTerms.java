package io.carom.intelstore.feed;

import io.carom.intel.Facts;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How a document is taken.
///
/// @param source who says so, where the document does not
/// @param tlp at least this; null for what the document says
/// @param until where the document does not say; null for no end
/// @param observed whether what was only observed is taken too
/// @param unsure whether candidates of prose that are not certain are taken too
public record FeedTerms(
        String source, @Nullable Tlp tlp, @Nullable Instant until, boolean observed, boolean unsure) {
    public static final FeedTerms AS_SAID = new FeedTerms("", null, null, false, false);

    public ThreatIndicator applied(ThreatIndicator one) {
        Facts.Draft facts = one.facts().draft();
        facts.tlp = Tlp.stricter(facts.tlp, tlp);
        facts.source = facts.source.isEmpty() ? source : facts.source;
        facts.validUntil = facts.validUntil == null ? until : facts.validUntil;
        return new ThreatIndicator(one.type(), one.value(), facts.done());
    }
}
