package io.carom.party;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What must be told of an incident at a party, and by whom it is demanded.
///
/// @param regimes laws that hold for it: `nis2`, `gdpr`, `dora`, `sec`
/// @param notifyWithin in which time of a detection it must be told by contract; null if none says so
/// @param contract that says so, by whatever name people know it; empty if not said
public record Obligations(List<String> regimes, @Nullable Duration notifyWithin, String contract) {
    /// Nothing is declared.
    public static final Obligations NONE = new Obligations(List.of(), null, "");

    /// The regimes there are; `io.carom.respond` knows what each demands.
    public static final List<String> REGIMES = List.of("nis2", "gdpr", "dora", "sec");

    public Obligations {
        regimes = List.copyOf(regimes);
    }
}
