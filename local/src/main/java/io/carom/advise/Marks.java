package io.carom.advise;

import io.carom.event.Indicator;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.intelstore.IntelStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What may be done with a value, by all that named it: who may have it (TLP 2.0), and what may be done
/// with it (PAP).
public final class Marks {
    private static final List<String> PAPS = List.of("CLEAR", "GREEN", "AMBER", "RED");

    /// @param tlp null if nobody marked it
    /// @param pap empty if nobody marked it
    public record Mark(@Nullable Tlp tlp, String pap) {
        static final Mark NONE = new Mark(null, "");

        /// Whether it may go to a client: what is for its receiver's organisation only, or for named
        /// persons, may not. TLP:AMBER may go to an organisation and its clients.
        public boolean mayGoToClients() {
            return tlp == null || tlp.compareTo(Tlp.AMBER) <= 0;
        }

        /// Whether it may be acted on where an intruder could notice. PAP:AMBER allows to ask others
        /// about it, PAP:RED only to look into what one has.
        public boolean mayBeBlocked() {
            return !pap.equals("RED") && !pap.equals("AMBER");
        }

        Mark and(Mark other) {
            return new Mark(
                    Tlp.stricter(tlp, other.tlp), PAPS.indexOf(pap) >= PAPS.indexOf(other.pap) ? pap : other.pap);
        }
    }

    private final Map<String, Mark> marks = new HashMap<>();
    private final Map<String, ThreatIndicator> known = new HashMap<>();

    /// @param kept all indicators of the home
    /// @param client what it said itself does not bind what it is told
    public Marks(List<IntelStore.Kept> kept, String client) {
        for (IntelStore.Kept one : kept) {
            known.put(key(one.indicator()), one.indicator());
            for (ThreatIndicator origin : one.origins()) {
                if (!origin.facts().source().equalsIgnoreCase(client)) {
                    add(
                            one.indicator().value(),
                            new Mark(origin.facts().tlp(), origin.facts().pap()));
                }
            }
        }
    }

    private static String key(ThreatIndicator one) {
        return one.type().label() + " " + one.value();
    }

    /// Takes what is known of a value from elsewhere.
    public void add(String value, Mark mark) {
        marks.merge(value.toLowerCase(Locale.ROOT), mark, Mark::and);
    }

    /// Takes marks that restrict from what an indicator that is not kept says of itself: `…; TLP:RED;
    /// PAP:AMBER`.
    public void add(Indicator indicator) {
        Tlp tlp = null;
        String pap = "";
        for (String part : indicator.comment().split(";")) {
            Tlp light = part.strip().startsWith("TLP:") ? Tlp.of(part) : null;
            tlp = Tlp.stricter(tlp, light);
            String words = part.strip();
            if (words.startsWith("PAP:") && PAPS.indexOf(words.substring(4)) > PAPS.indexOf(pap)) {
                pap = words.substring(4);
            }
        }
        add(indicator.value(), new Mark(tlp, pap));
    }

    public Mark of(String value) {
        return marks.getOrDefault(value.toLowerCase(Locale.ROOT), Mark.NONE);
    }

    /// The kept indicator of that kind and value; null if none is kept.
    public @Nullable ThreatIndicator known(String type, String value) {
        return known.get(type + " " + value);
    }

    /// Values that may not go to clients.
    public List<String> withheld() {
        List<String> all = new ArrayList<>();
        marks.forEach((value, mark) -> {
            if (!mark.mayGoToClients()) {
                all.add(value);
            }
        });
        return all;
    }
}
